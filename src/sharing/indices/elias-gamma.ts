/**
 * P. Elias, "Universal codeword sets and representations of the integers" (1975), the code γ: a gap of b + 1 bits is
 * written as b zeros and its bits, the most significant of each byte first. Good where gaps differ by orders of magnitude.
 */
import { bytesAt, kernels, reserve } from '../../numeric/kernels.ts'
import { decodeGaps, type Run } from './gaps.ts'

/** For the kernel, in place of Rice's k. */
const GAMMA = 32

/** @param bytes what `gapCosts` says */
export function encodeEliasGamma({ at, count }: Run, bytes: number): Uint8Array {
  const to = reserve(bytes)
  kernels.encodeGamma(at, count, to)
  return bytesAt(to, bytes)
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeEliasGamma(body: Uint8Array, count: number, size: number): Run {
  return decodeGaps(body, GAMMA, count, size)
}
