/** One bit a coordinate, the least significant of each byte first. Best where nearly half of them are there. */
import {
  bytesAt,
  copyIn,
  inScratch,
  integersAt,
  kernels,
  reserve,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import type { Ascending } from './gaps.ts'

export function bitmapBytes(size: number): number {
  return Math.ceil(size / 8)
}

/** Writes `bitmapBytes` bytes. */
export function encodeBitmap({ at, count }: Ascending, size: number): Uint8Array {
  const bytes = bitmapBytes(size)
  const to = reserve(bytes)
  const bitmap = bytesAt(to, bytes).fill(0)
  kernels.encodeBitmap(at, count, to)
  return bitmap
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeBitmap(body: Uint8Array, count: number, size: number): Ascending {
  if (body.length !== bitmapBytes(size)) {
    throw new MalformedFrameError(`a bitmap of ${body.length} bytes for ${size} coordinates`)
  }
  const at = reserveNumbers(count)
  const found = inScratch(() => kernels.decodeBitmap(copyIn(body), body.length, count, at))
  if (found > count) throw new MalformedFrameError(`more than ${count} indices`)
  if (found < count) throw new MalformedFrameError(`${found} indices for ${count} values`)
  const last = count > 0 ? integersAt(at, count)[count - 1]! : -1
  if (last >= size) throw new MalformedFrameError(`index ${last} of ${size} coordinates`)
  return { at, count }
}
