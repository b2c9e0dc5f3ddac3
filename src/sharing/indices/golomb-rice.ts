/**
 * R. F. Rice (1979) after S. W. Golomb, "Run-length encodings" (1966): of gap − 1 all but the lowest k bits are
 * written in unary, as zeros and a one, then the k bits. For indices drawn at random it needs at most 3 % more than
 * their entropy. The first byte is k.
 */
import { MalformedFrameError } from '../errors.ts'
import { BitReader, BitWriter } from './bits.ts'
import { indicesOf } from './gaps.ts'

const LARGEST = 31

/** The best k, the least of equals, and how many bytes the code then takes. */
export function chooseRice(gaps: Uint32Array): { readonly k: number; readonly bytes: number } {
  // The number of bits is convex in k, so that walking downhill from the usual place finds the least.
  let sum = 0
  for (let i = 0; i < gaps.length; i++) sum += gaps[i]!
  const usual = Math.floor(Math.log2(Math.max(1, (Math.LN2 * sum) / Math.max(1, gaps.length))))
  let k = Math.min(LARGEST, usual)
  let bits = riceBits(gaps, k)
  for (let better = k > 0 ? riceBits(gaps, k - 1) : Infinity; better <= bits; ) {
    bits = better
    k--
    better = k > 0 ? riceBits(gaps, k - 1) : Infinity
  }
  for (let better = k < LARGEST ? riceBits(gaps, k + 1) : Infinity; better < bits; ) {
    bits = better
    k++
    better = k < LARGEST ? riceBits(gaps, k + 1) : Infinity
  }
  return { k, bytes: 1 + Math.ceil(bits / 8) }
}

function riceBits(gaps: Uint32Array, k: number): number {
  let unary = 0
  for (let i = 0; i < gaps.length; i++) unary += (gaps[i]! - 1) >>> k
  return unary + gaps.length * (k + 1)
}

export function encodeRice(gaps: Uint32Array, k: number, length: number): Uint8Array {
  const writer = new BitWriter(length)
  writer.put(k, 8)
  const low = 2 ** k - 1
  for (let i = 0; i < gaps.length; i++) {
    const value = gaps[i]! - 1
    const quotient = value >>> k
    const remainder = (value & low) | (low + 1)
    if (quotient + k < 32) writer.put(remainder, quotient + k + 1)
    else {
      writer.zeros(quotient)
      writer.put(remainder, k + 1)
    }
  }
  return writer.finish(length)
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeRice(body: Uint8Array, count: number, size: number): Uint32Array {
  const reader = new BitReader(body)
  const k = reader.take(8)
  if (k > LARGEST) throw new MalformedFrameError(`a Rice code of ${k} bits`)
  const next = () => {
    const quotient = reader.zeros()
    const low = reader.take(k + 1) - 2 ** k
    return quotient * 2 ** k + low + 1
  }
  const indices = indicesOf(next, count, size)
  reader.end()
  return indices
}
