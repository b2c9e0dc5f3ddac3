/**
 * A PNG of a few kilobytes can inflate to gigabytes, and the decoder inflates before it looks at the picture's size.
 * So its image data are inflated here first, natively and with the size its header announces as the bound, and
 * compressed extras (colour profiles, texts), which no model needs, are refused when large.
 */
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { DataFileError, pngSize, type SourceFile } from '../../src/data/index.ts'

const unpack = promisify(inflate)

/** Most bytes of all chunks that are not pixels: a colour profile has a few kilobytes. */
const MAXIMUM_EXTRAS = 1024 * 1024

const FIX = 'Save it anew as PNG, or take it out of the folder.'

/** @throws {DataFileError} for a PNG whose data are more than its header announces. */
export async function refuseInflatingPng({ path, bytes }: SourceFile): Promise<void> {
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) return
  const { width, height } = pngSize(path, bytes)
  const { pixels, extras } = chunksOf(bytes)
  if (extras > MAXIMUM_EXTRAS) {
    throw new DataFileError(path, `it carries ${extras} bytes that are no pixels`, FIX)
  }
  // At most four channels of 16 bits, and a filter byte a row; seven interlaced passes add rows.
  const bound = height * (width * 8 + 1) + 8 * (width + height) + 64
  try {
    await unpack(Buffer.concat(pixels), { maxOutputLength: bound })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return
    throw new DataFileError(path, `it holds more than its ${width} × ${height} pixels`, FIX)
  }
}

/** The image data chunks, and the bytes of all others. Stops at whatever is not a chunk: the decoder names it. */
function chunksOf(bytes: Uint8Array): { pixels: Uint8Array[]; extras: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pixels: Uint8Array[] = []
  let extras = 0
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    const isPixels = view.getUint32(at + 4) === 0x49444154
    if (isPixels) pixels.push(bytes.subarray(at + 8, at + 8 + length))
    else extras += length
    at += 12 + length
  }
  return { pixels, extras }
}
