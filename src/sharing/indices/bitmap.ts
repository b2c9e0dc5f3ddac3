/** One bit a coordinate, the least significant of each byte first. Best where nearly half of them are there. */
import { MalformedFrameError } from '../errors.ts'

export function encodeBitmap(indices: Uint32Array, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / 8))
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!
    bytes[index >>> 3]! |= 1 << (index & 7)
  }
  return bytes
}

/** @throws {MalformedFrameError} on anything but `count` indices below `size` */
export function decodeBitmap(body: Uint8Array, count: number, size: number): Uint32Array {
  if (body.length !== Math.ceil(size / 8)) {
    throw new MalformedFrameError(`a bitmap of ${body.length} bytes for ${size} coordinates`)
  }
  const indices = new Uint32Array(count)
  let found = 0
  for (let byte = 0; byte < body.length; byte++) {
    for (let rest = body[byte]!; rest !== 0; rest &= rest - 1) {
      indices[found++] = 8 * byte + 31 - Math.clz32(rest & -rest)
    }
    if (found > count) throw new MalformedFrameError(`more than ${count} indices`)
  }
  if (found < count) throw new MalformedFrameError(`${found} indices for ${count} values`)
  if (count > 0 && indices[count - 1]! >= size) {
    throw new MalformedFrameError(`index ${indices[count - 1]} of ${size} coordinates`)
  }
  return indices
}
