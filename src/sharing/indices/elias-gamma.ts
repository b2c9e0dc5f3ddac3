/**
 * P. Elias, "Universal codeword sets and representations of the integers" (1975), the code γ: a gap of b + 1 bits is
 * written as b zeros and its bits, the most significant of each byte first. Good where gaps differ by orders of magnitude.
 */
import { type Address, bytesAt, kernels, reserve } from '../../numeric/kernels.ts'
import { writeRuns } from '../runs.ts'
import { type Ascending, decodeGaps } from './gaps.ts'

/** For the kernel, in place of Rice's k. */
const GAMMA = 32

/** @param most what `gapCosts` says */
export function encodeEliasGamma({ at, count }: Ascending, most: number): Uint8Array {
  const to = reserve(most)
  const write = (first: number, end: number, to: Address) => kernels.encodeGamma(at, first, end, to)
  return bytesAt(to, writeRuns(count, to, write))
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeEliasGamma(body: Uint8Array, count: number, size: number): Ascending {
  return decodeGaps(body, GAMMA, count, size)
}
