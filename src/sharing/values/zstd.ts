/** The first bytes of all values, then the second ones, the third and the fourth, in zstd's format (RFC 8878). */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { MalformedFrameError } from '../errors.ts'
import type { ValueCodec } from './codec.ts'

const WIDTH = Float32Array.BYTES_PER_ELEMENT

/**
 * IEEE 754 binary32, to the last bit: about 27.5 bits for a trained model's value. `lossless` takes fewer bits and less
 * time; this is what others can read and write who have a zstd library. Of equal values the bytes may differ between
 * versions of that library, and any frame that holds `count` values is read.
 */
export const zstd: ValueCodec = {
  code: 9,
  encode(values) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    return { values, bytes: new Uint8Array(zstdCompressSync(transposed(bytes, WIDTH))) }
  },
  decode(bytes, count) {
    const planes = decompressed(bytes, WIDTH * count)
    if (planes.length !== WIDTH * count) throw new MalformedFrameError('values are cut off')
    return new Float32Array(transposed(planes, count).buffer)
  },
}

/** What comes with `info`; its types do not know it. */
interface Result {
  readonly buffer: Uint8Array
  readonly engine: { readonly bytesWritten: number }
}

function decompressed(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  const { buffer, engine } = attempt(bytes, maxOutputLength)
  if (engine.bytesWritten < bytes.length) {
    throw new MalformedFrameError('values end before their bytes')
  }
  return buffer
}

function attempt(bytes: Uint8Array, maxOutputLength: number): Result {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength, info: true }) as unknown as Result
  } catch (cause) {
    throw new MalformedFrameError('no zstd frame of so many values', { cause })
  }
}

/** Rows of `width` bytes, column by column. */
function transposed(bytes: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const rows = bytes.length / width
  const result = new Uint8Array(bytes.length)
  for (let column = 0, at = 0; column < width; column++) {
    for (let row = 0; row < rows; row++) result[at++] = bytes[row * width + column]!
  }
  return result
}
