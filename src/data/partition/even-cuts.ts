/** Cuts `items` into `parts` consecutive runs whose lengths differ by at most one. Views, not copies. */
export function evenCuts(items: Int32Array, parts: number): Int32Array[] {
  const bound = (part: number) => Math.floor((part * items.length) / parts)
  return Array.from({ length: parts }, (_, part) => items.subarray(bound(part), bound(part + 1)))
}
