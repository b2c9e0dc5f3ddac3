import { randomStream } from '../numeric/random.ts'

/**
 * `count` of `size` coordinates, every choice equally likely, ascending. Equal seeds give equal choices on every machine.
 *
 * Selection sampling: C. T. Fan, M. E. Muller, I. Rezucha (1962); Knuth, The Art of Computer Programming 2, 3.4.2 S.
 */
export function randomMask(seed: number, count: number, size: number): Uint32Array {
  const random = randomStream(seed, 'mask')
  const indices = new Uint32Array(count)
  let at = 0
  for (let i = 0; at < count; i++) {
    // Chosen with probability (still wanted) / (still to come).
    if (random.uint32() * (size - i) < (count - at) * 4294967296) indices[at++] = i
  }
  return indices
}
