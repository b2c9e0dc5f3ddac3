/** Exact selection of the largest magnitudes by histograms: a few passes, whatever the values are. */

import { StarlingError } from '../runtime/errors.ts'
import {
  type Address,
  copyIn,
  copyIntegers,
  inScratch,
  kernels,
  reserveNumbers,
} from './kernels.ts'

/** A vector with NaN, which has no place in the order of magnitudes. */
export class UnrankableValueError extends StarlingError {
  override name = 'UnrankableValueError'
  constructor() {
    super(
      'A NaN cannot be ranked by magnitude: the training diverged. A lower learning rate helps.',
    )
  }
}

/**
 * Positions of the `count` values of largest magnitude, ascending; of equal magnitudes those of lower index.
 *
 * @throws {UnrankableValueError} on NaN
 */
export function topK(values: Float32Array, count: number): Uint32Array {
  const wanted = Math.min(Math.max(0, count), values.length)
  if (wanted === 0) return new Uint32Array(0)
  return inScratch(() => {
    const positions = topKAt(copyIn(values), values.length, wanted)
    return copyIntegers(positions, wanted)
  })
}

/** The same for `length` values in the kernels' memory, where the positions are too; 1 ≤ count ≤ length. */
export function topKAt(values: Address, length: number, count: number): Address {
  const positions = reserveNumbers(length)
  if (kernels.findThreshold(values, length, count, positions) === 0) {
    throw new UnrankableValueError()
  }
  kernels.writePositions(values, length, positions)
  return positions
}
