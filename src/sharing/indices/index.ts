/** Which coordinates a message holds, as bytes: one that names the code, then what the smallest code makes of them. */
import { borrowedIntegers, copyIn, inScratch } from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { bitmapBytes, decodeBitmap, encodeBitmap } from './bitmap.ts'
import { decodeEliasGamma, encodeEliasGamma } from './elias-gamma.ts'
import { type Ascending, gapCosts } from './gaps.ts'
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
    const ascending = { at: copyIn(indices), count: indices.length }
    const choice = choose(ascending, size)
    const body = encode(ascending, choice, size)
    const result = new Uint8Array(1 + body.length)
    result[0] = choice.code
    result.set(body, 1)
    return result
  })
}

/**
 * Ascending, without repetition, below `size`; in borrowed memory (`spare-memory`). Allocates in proportion to `bytes` and
 * `count`.
 *
 * @param count how many there must be
 * @throws {MalformedFrameError} on anything but what `encodeIndices` writes
 */
export function decodeIndices(bytes: Uint8Array, count: number, size: number): Uint32Array {
  return inScratch(() => {
    const ascending = decode(bytes[0], bytes.subarray(1), count, size)
    const smallest = choose(ascending, size)
    const isRice = smallest.code === INDEX_CODES.golombRice
    if (bytes[0] !== smallest.code || (isRice && bytes[1] !== smallest.k)) {
      throw new MalformedFrameError('indices are not in their shortest form')
    }
    return borrowedIntegers(ascending.at, count)
  })
}

interface Choice {
  readonly code: number
  /** Most bytes that it takes. */
  readonly bytes: number
  /** Of Rice's code. */
  readonly k: number
}

function encode(ascending: Ascending, { code, bytes, k }: Choice, size: number): Uint8Array {
  if (code === INDEX_CODES.bitmap) return encodeBitmap(ascending, size)
  if (code === INDEX_CODES.eliasGamma) return encodeEliasGamma(ascending, bytes)
  return encodeRice(ascending, k, bytes)
}

function decode(
  code: number | undefined,
  body: Uint8Array,
  count: number,
  size: number,
): Ascending {
  if (code === INDEX_CODES.bitmap) return decodeBitmap(body, count, size)
  if (code === INDEX_CODES.eliasGamma) return decodeEliasGamma(body, count, size)
  if (code === INDEX_CODES.golombRice) return decodeRice(body, count, size)
  throw new MalformedFrameError(`unknown index code ${code}`)
}

function choose(ascending: Ascending, size: number): Choice {
  const { gammaBytes, riceBytes, k } = gapCosts(ascending)
  const candidates = [
    { code: INDEX_CODES.bitmap, bytes: bitmapBytes(size), k: 0 },
    { code: INDEX_CODES.eliasGamma, bytes: gammaBytes, k: 0 },
    { code: INDEX_CODES.golombRice, bytes: riceBytes, k },
  ]
  return candidates.reduce((best, next) => (next.bytes < best.bytes ? next : best))
}
