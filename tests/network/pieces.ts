/** A byte string in pieces of the given sizes, the last ones repeated: how a network might cut it. */
export async function* inPieces(
  bytes: Uint8Array,
  sizes: readonly number[] = [1],
): AsyncGenerator<Uint8Array> {
  let start = 0
  for (let i = 0; start < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 1)
    yield bytes.subarray(start, start + size)
    start += size
  }
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
