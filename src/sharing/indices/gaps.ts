import { MalformedFrameError } from '../errors.ts'

/** Distances of ascending indices, each at least 1; the first counts from −1. */
export function gapsOf(indices: Uint32Array): Uint32Array {
  const gaps = new Uint32Array(indices.length)
  let previous = -1
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    gaps[i] = index - previous
    previous = index
  }
  return gaps
}

/**
 * Adds up `count` gaps, each at least 1, that `next` reads.
 * @throws {MalformedFrameError} on an index of `size` or more
 */
export function indicesOf(next: () => number, count: number, size: number): Uint32Array {
  const indices = new Uint32Array(count)
  let index = -1
  for (let i = 0; i < count; i++) {
    index += next()
    if (index >= size) throw new MalformedFrameError(`index ${index} of ${size} coordinates`)
    indices[i] = index
  }
  return indices
}
