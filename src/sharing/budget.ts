import { z } from 'zod'

/** Option of the strategies that send part of a vector. */
export const budgetSchema = z.number().positive().max(1)

/** How many of `size` coordinates a share of them is: at least one. */
export function coordinatesOf(share: number, size: number): number {
  return Math.max(1, Math.round(share * size))
}

/** A limit makes a message smaller down to this part of what it would be; then rather neighbours are left out. */
const SMALLEST_PART = 0.1

/** What a frame has around its values and indices. */
const HEAD_BYTES = 48

/** Halvings of the interval in which the share is sought. */
const STEPS = 24

/**
 * The share of `size` coordinates, at most the one wanted and at least a tenth of it, whose message fits into the
 * allowance: α · bits for the values and the entropy H(α) for the indices of each coordinate.
 *
 * @param allowance bytes. @default unlimited
 * @param bits of one value
 */
export function shareWithin(
  wanted: number,
  allowance: number | undefined,
  size: number,
  bits: number,
): number {
  const fits = (share: number) =>
    HEAD_BYTES + (size * (share * bits + entropy(share))) / 8 <= (allowance ?? Infinity)
  if (fits(wanted)) return wanted
  let low = SMALLEST_PART * wanted
  let high = wanted
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

/** Bits that say of one coordinate whether it is among a random share of them. */
function entropy(share: number): number {
  if (share <= 0 || share >= 1) return 0
  return -share * Math.log2(share) - (1 - share) * Math.log2(1 - share)
}
