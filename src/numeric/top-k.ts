/** Exact selection of the largest magnitudes by a histogram of two levels: three passes, whatever the values are. */

import { StarlingError } from '../runtime/errors.ts'

/** A vector with NaN, which has no place in the order of magnitudes. */
export class UnrankableValueError extends StarlingError {
  override name = 'UnrankableValueError'
  constructor() {
    super(
      'A NaN cannot be ranked by magnitude: the training diverged. A lower learning rate helps.',
    )
  }
}

/** Magnitudes in the order of their bits: the sign bit is cleared. */
const MAGNITUDE = 0x7fffffff
const INFINITE = 0x7f800000

/** The first level distinguishes the upper 16 bits of a magnitude, the second the lower 15. */
const LOW_BITS = 15

/** Counts of one call, which nothing outlives; kept, since for small vectors new ones would cost more than the rest. */
const high = new Uint32Array(2 ** 16)
const low = new Uint32Array(2 ** LOW_BITS)

/**
 * Positions of the `count` values of largest magnitude, ascending; of equal magnitudes those of lower index.
 *
 * @throws {UnrankableValueError} on NaN
 */
export function topK(values: Float32Array, count: number): Uint32Array {
  if (count <= 0) return new Uint32Array(0)
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  const largest = countHigh(bits)
  if (count >= values.length) return new Uint32Array(values.length).map((_, i) => i)

  const upper = descend(high, largest >>> LOW_BITS, count)
  low.fill(0)
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & MAGNITUDE
    if (magnitude >>> LOW_BITS === upper.bin) low[magnitude & (low.length - 1)]!++
  }
  const lower = descend(low, low.length - 1, upper.wanted)
  const threshold = (upper.bin << LOW_BITS) | lower.bin
  return lower.wanted === low[lower.bin]
    ? atLeast(bits, threshold, count)
    : withFirstTies(bits, threshold, count, lower.wanted)
}

/** Fills `high`; returns the largest magnitude. */
function countHigh(bits: Int32Array): number {
  high.fill(0)
  let largest = 0
  for (let i = 0; i < bits.length; i++) {
    const magnitude = bits[i]! & MAGNITUDE
    high[magnitude >>> LOW_BITS]!++
    if (magnitude > largest) largest = magnitude
  }
  if (largest > INFINITE) throw new UnrankableValueError()
  return largest
}

/** The bin, from the highest used one down, that holds the `wanted`th largest; and how many of that bin are wanted. */
function descend(histogram: Uint32Array, from: number, wanted: number) {
  let bin = from
  let left = wanted
  while (histogram[bin]! < left) {
    left -= histogram[bin]!
    bin--
  }
  return { bin, wanted: left }
}

/** The usual case, without a branch: every position is written, and kept by moving on. */
function atLeast(bits: Int32Array, threshold: number, count: number): Uint32Array {
  const found = new Uint32Array(count + 1)
  let at = 0
  for (let i = 0; i < bits.length; i++) {
    found[at] = i
    at += (bits[i]! & MAGNITUDE) >= threshold ? 1 : 0
  }
  return found.subarray(0, count)
}

function withFirstTies(
  bits: Int32Array,
  threshold: number,
  count: number,
  ties: number,
): Uint32Array {
  const found = new Uint32Array(count)
  let at = 0
  let left = ties
  for (let i = 0; at < count; i++) {
    const magnitude = bits[i]! & MAGNITUDE
    if (magnitude > threshold || (magnitude === threshold && left-- > 0)) found[at++] = i
  }
  return found
}
