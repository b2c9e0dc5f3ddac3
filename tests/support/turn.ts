/** One turn of the event loop: everything that can run without waiting has run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
