/** A vector cut into pieces of equal length, to within one coordinate. */

/** Some pieces of a vector. */
export interface Pieces {
  /** How many the vector is cut into. */
  readonly count: number
  /** Which of them, ascending. */
  readonly held: readonly number[]
}

/** The first coordinate of a piece; of piece `count`, the end of the last one. */
export function boundary(piece: number, count: number, size: number): number {
  return Math.floor((piece * size) / count)
}

/** Where the ascending `indices` of a piece begin and end. */
export function spanOf(
  indices: Uint32Array,
  piece: number,
  count: number,
  size: number,
): readonly [from: number, to: number] {
  return [
    firstNotBelow(indices, boundary(piece, count, size)),
    firstNotBelow(indices, boundary(piece + 1, count, size)),
  ]
}

/** Those of the ascending `indices` that lie in some pieces of a vector of `size` coordinates. */
export function within(indices: Uint32Array, { count, held }: Pieces, size: number): Uint32Array {
  const spans = held.map((piece) => indices.subarray(...spanOf(indices, piece, count, size)))
  const kept = new Uint32Array(spans.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const span of spans) {
    kept.set(span, at)
    at += span.length
  }
  return kept
}

/** Position of the first of the ascending `indices` that is not below `bound`. */
function firstNotBelow(indices: Uint32Array, bound: number): number {
  let low = 0
  let high = indices.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (indices[middle]! < bound) low = middle + 1
    else high = middle
  }
  return low
}
