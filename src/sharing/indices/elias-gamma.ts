/**
 * P. Elias, "Universal codeword sets and representations of the integers" (1975), the code γ: a gap of b + 1 bits is
 * written as b zeros and its bits. Good where gaps differ by orders of magnitude.
 */
import { BitReader, BitWriter } from './bits.ts'
import { indicesOf } from './gaps.ts'

export function eliasGammaBytes(gaps: Uint32Array): number {
  let bits = gaps.length
  for (let i = 0; i < gaps.length; i++) bits += 2 * (31 - Math.clz32(gaps[i]!))
  return Math.ceil(bits / 8)
}

export function encodeEliasGamma(gaps: Uint32Array, length: number): Uint8Array {
  const writer = new BitWriter(length)
  for (let i = 0; i < gaps.length; i++) {
    const gap = gaps[i]!
    const bits = 31 - Math.clz32(gap)
    writer.zeros(bits)
    writer.put(gap, bits + 1)
  }
  return writer.finish(length)
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeEliasGamma(body: Uint8Array, count: number, size: number): Uint32Array {
  const reader = new BitReader(body)
  // A run of more than 31 zeros stands for more than any size, and is cut short only to have a width that exists.
  const next = () => {
    const bits = reader.zeros()
    return bits > 31 ? Number.POSITIVE_INFINITY : reader.take(bits + 1)
  }
  const indices = indicesOf(next, count, size)
  reader.end()
  return indices
}
