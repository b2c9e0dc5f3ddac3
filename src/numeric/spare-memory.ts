/**
 * Memory of long arrays that is used again. Fresh memory has to be handed out by the system page by page, and much of it
 * makes the collector look through everything again and again: together that takes longer than most of what is computed
 * with it. For arrays that only their borrower knows: one that was handed on must not be given back, and one that
 * is not given back is collected like any other.
 */

/** From so many bytes on it pays. */
const LONG = 2 ** 18
/** What is kept, the last that was given back: arrays, and bytes of all together. */
const KEPT = 16
const KEPT_BYTES = 2 ** 28

let spare: readonly ArrayBuffer[] = []
const lent = new WeakSet<ArrayBufferLike>()

/** So many numbers, with any contents; may be part of a longer buffer. */
export function borrowFloats(length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(borrow(4 * length), 0, length)
}

/** So many numbers, with any contents; may be part of a longer buffer. */
export function borrowIntegers(length: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array(borrow(4 * length), 0, length)
}

/** Not to be used by whoever gives it back from now on. Nothing happens to an array that was not borrowed. */
export function giveBack({ buffer }: Float32Array | Uint32Array): void {
  if (!(buffer instanceof ArrayBuffer) || !lent.delete(buffer)) return
  let bytes = 0
  spare = [buffer, ...spare]
    .slice(0, KEPT)
    .filter((memory) => (bytes += memory.byteLength) <= KEPT_BYTES)
}

/** The smallest that is long enough. */
function borrow(bytes: number): ArrayBuffer {
  if (bytes < LONG) return new ArrayBuffer(bytes)
  let found: ArrayBuffer | undefined
  for (const memory of spare) {
    if (memory.byteLength < bytes) continue
    if (found === undefined || memory.byteLength < found.byteLength) found = memory
  }
  const memory = found ?? unfilled(bytes)
  spare = spare.filter((other) => other !== memory)
  lent.add(memory)
  return memory
}

/** So many numbers, with any contents, that nobody takes back. */
export function unfilledFloats(length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(unfilled(4 * length))
}

/** Memory that was not filled with zeros first, which takes as long as filling it with anything else. */
export function unfilled(bytes: number): ArrayBuffer {
  return Buffer.allocUnsafeSlow(bytes).buffer
}
