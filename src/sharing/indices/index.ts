/** Which coordinates a message holds, as bytes: one that names the code, then what the smallest code makes of them. */
import { copyIn, inScratch, integersAt } from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { bitmapBytes, decodeBitmap, encodeBitmap } from './bitmap.ts'
import { decodeEliasGamma, encodeEliasGamma } from './elias-gamma.ts'
import { gapCosts, type Run } from './gaps.ts'
import { decodeRice, encodeRice } from './golomb-rice.ts'

/** First byte of the field `indices` of `round.proto`. */
export const INDEX_CODES = { bitmap: 1, eliasGamma: 2, golombRice: 3 } as const

/** A message is never larger than its bitmap. */
export function maxIndexBytes(size: number): number {
  return 1 + bitmapBytes(size)
}

/**
 * The smallest encoding, of equal ones the code with the lowest number.
 *
 * @param indices ascending, without repetition, below `size`
 */
export function encodeIndices(indices: Uint32Array, size: number): Uint8Array {
  return inScratch(() => {
    const run = { at: copyIn(indices), count: indices.length }
    const { code, bytes, k } = choose(run, size)
    const result = new Uint8Array(1 + bytes)
    result[0] = code
    if (code === INDEX_CODES.bitmap) result.set(encodeBitmap(run, size), 1)
    else if (code === INDEX_CODES.eliasGamma) result.set(encodeEliasGamma(run, bytes), 1)
    else result.set(encodeRice(run, k, bytes), 1)
    return result
  })
}

/**
 * Ascending, without repetition, below `size`. Allocates in proportion to `bytes` and `count`.
 *
 * @param count how many there must be
 * @throws {MalformedFrameError} on anything but what `encodeIndices` writes
 */
export function decodeIndices(bytes: Uint8Array, count: number, size: number): Uint32Array {
  return inScratch(() => {
    const run = decode(bytes[0], bytes.subarray(1), count, size)
    const smallest = choose(run, size)
    const isRice = smallest.code === INDEX_CODES.golombRice
    if (bytes[0] !== smallest.code || (isRice && bytes[1] !== smallest.k)) {
      throw new MalformedFrameError('indices are not in their shortest form')
    }
    return integersAt(run.at, count).slice()
  })
}

function decode(code: number | undefined, body: Uint8Array, count: number, size: number): Run {
  if (code === INDEX_CODES.bitmap) return decodeBitmap(body, count, size)
  if (code === INDEX_CODES.eliasGamma) return decodeEliasGamma(body, count, size)
  if (code === INDEX_CODES.golombRice) return decodeRice(body, count, size)
  throw new MalformedFrameError(`unknown index code ${code}`)
}

function choose(run: Run, size: number) {
  const { gammaBytes, riceBytes, k } = gapCosts(run)
  const candidates = [
    { code: INDEX_CODES.bitmap, bytes: bitmapBytes(size), k: 0 },
    { code: INDEX_CODES.eliasGamma, bytes: gammaBytes, k: 0 },
    { code: INDEX_CODES.golombRice, bytes: riceBytes, k },
  ]
  return candidates.reduce((best, next) => (next.bytes < best.bytes ? next : best))
}
