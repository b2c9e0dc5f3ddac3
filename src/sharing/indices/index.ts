/** Which coordinates a message holds, as bytes: one that names the code, then what the smallest code makes of them. */
import { MalformedFrameError } from '../errors.ts'
import { decodeBitmap, encodeBitmap } from './bitmap.ts'
import { decodeEliasGamma, eliasGammaBytes, encodeEliasGamma } from './elias-gamma.ts'
import { gapsOf } from './gaps.ts'
import { chooseRice, decodeRice, encodeRice } from './golomb-rice.ts'

/** First byte of the field `indices` of `round.proto`. */
export const INDEX_CODES = { bitmap: 1, eliasGamma: 2, golombRice: 3 } as const

/** A message is never larger than its bitmap. */
export function maxIndexBytes(size: number): number {
  return 1 + Math.ceil(size / 8)
}

/**
 * The smallest encoding, of equal ones the code with the lowest number.
 *
 * @param indices ascending, without repetition, below `size`
 */
export function encodeIndices(indices: Uint32Array, size: number): Uint8Array {
  const gaps = gapsOf(indices)
  const { code, bytes, k } = choose(gaps, size)
  const result = new Uint8Array(1 + bytes)
  result[0] = code
  if (code === INDEX_CODES.bitmap) result.set(encodeBitmap(indices, size), 1)
  else if (code === INDEX_CODES.eliasGamma) result.set(encodeEliasGamma(gaps, bytes), 1)
  else result.set(encodeRice(gaps, k, bytes), 1)
  return result
}

/**
 * Ascending, without repetition, below `size`. Allocates in proportion to `bytes` and `count`.
 *
 * @param count how many there must be
 * @throws {MalformedFrameError} on anything but what `encodeIndices` writes
 */
export function decodeIndices(bytes: Uint8Array, count: number, size: number): Uint32Array {
  const indices = decode(bytes[0], bytes.subarray(1), count, size)
  const smallest = choose(gapsOf(indices), size)
  const isRice = smallest.code === INDEX_CODES.golombRice
  if (bytes[0] !== smallest.code || (isRice && bytes[1] !== smallest.k)) {
    throw new MalformedFrameError('indices are not in their shortest form')
  }
  return indices
}

function decode(
  code: number | undefined,
  body: Uint8Array,
  count: number,
  size: number,
): Uint32Array {
  if (code === INDEX_CODES.bitmap) return decodeBitmap(body, count, size)
  if (code === INDEX_CODES.eliasGamma) return decodeEliasGamma(body, count, size)
  if (code === INDEX_CODES.golombRice) return decodeRice(body, count, size)
  throw new MalformedFrameError(`unknown index code ${code}`)
}

function choose(gaps: Uint32Array, size: number) {
  const rice = chooseRice(gaps)
  const candidates = [
    { code: INDEX_CODES.bitmap, bytes: Math.ceil(size / 8), k: 0 },
    { code: INDEX_CODES.eliasGamma, bytes: eliasGammaBytes(gaps), k: 0 },
    { code: INDEX_CODES.golombRice, ...rice },
  ]
  return candidates.reduce((best, next) => (next.bytes < best.bytes ? next : best))
}
