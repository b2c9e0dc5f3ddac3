/**
 * R. F. Rice (1979) after S. W. Golomb, "Run-length encodings" (1966): of gap − 1 all but the lowest k bits are
 * written in unary, as zeros and a one, then the k bits, the most significant of each byte first. For indices drawn
 * at random it needs at most 3 % more than their entropy. The first byte is k.
 */
import { type Address, bytesAt, kernels, reserve } from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { writeRuns } from '../runs.ts'
import { type Ascending, decodeGaps } from './gaps.ts'

const LARGEST = 31

/** @param most what `gapCosts` says for this k */
export function encodeRice({ at, count }: Ascending, k: number, most: number): Uint8Array {
  const to = reserve(most)
  const write = (first: number, end: number, to: Address) =>
    kernels.encodeRice(at, first, end, k, to)
  const bytes = writeRuns(count, to + 1, write)
  const code = bytesAt(to, 1 + bytes)
  code[0] = k
  return code
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeRice(body: Uint8Array, count: number, size: number): Ascending {
  const k = body[0]
  if (k === undefined) throw new MalformedFrameError('indices are cut off')
  if (k > LARGEST) throw new MalformedFrameError(`a Rice code of ${k} bits`)
  return decodeGaps(body.subarray(1), k, count, size)
}
