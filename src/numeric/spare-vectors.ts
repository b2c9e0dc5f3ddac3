/**
 * Long vectors that are used again. The system hands out the pages of a fresh one one by one, which takes longer than
 * most of what is computed with it. For vectors that only their borrower knows: one that was handed on must not be
 * returned, and one that is not returned is collected like any other.
 */

/** From this length on it pays. */
const LONG = 2 ** 16
/** Vectors kept, the last ones returned. */
const KEPT = 2

let spare: Float32Array[] = []

/** So many numbers, with any contents. */
export function borrowVector(length: number): Float32Array {
  const found = spare.find((vector) => vector.length === length)
  if (found === undefined) return new Float32Array(length)
  spare = spare.filter((vector) => vector !== found)
  return found
}

/** Not to be used by whoever returns it from now on. */
export function returnVector(vector: Float32Array): void {
  if (vector.length >= LONG) spare = [vector, ...spare].slice(0, KEPT)
}
