/**
 * R. F. Rice (1979) after S. W. Golomb, "Run-length encodings" (1966): of gap − 1 all but the lowest k bits are
 * written in unary, as zeros and a one, then the k bits, the most significant of each byte first. For indices drawn
 * at random it needs at most 3 % more than their entropy. The first byte is k.
 */
import { bytesAt, kernels, reserve } from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { decodeGaps, type Run } from './gaps.ts'

const LARGEST = 31

/** @param bytes what `gapCosts` says for this k */
export function encodeRice({ at, count }: Run, k: number, bytes: number): Uint8Array {
  const to = reserve(bytes)
  kernels.encodeRice(at, count, k, to)
  return bytesAt(to, bytes)
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeRice(body: Uint8Array, count: number, size: number): Run {
  const k = body[0]
  if (k === undefined) throw new MalformedFrameError('indices are cut off')
  if (k > LARGEST) throw new MalformedFrameError(`a Rice code of ${k} bits`)
  return decodeGaps(body, k, count, size)
}
