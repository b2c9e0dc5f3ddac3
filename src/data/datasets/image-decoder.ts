/** PNG and JPEG files → rows of bytes with one or three channels, with limits checked before anything is decoded. */
import { decode as decodePng } from 'fast-png'
import { decode as decodeJpeg } from 'jpeg-js'
import { DataFileError } from '../errors.ts'
import type { SourceFile } from './definition.ts'

/** Height × width × channels, row-major. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** Twice the largest phone cameras of 2024 would be 400; this is what decodes in half a gigabyte. */
const MAXIMUM_MEGAPIXELS = 50
const MAXIMUM_DECODER_MIB = 512

const FIX = 'Repair the file, save it anew as PNG or JPEG, or take it out of the folder.'

/** @throws {DataFileError} for a file that is neither, is too large, or is damaged. */
export function decodePicture(file: SourceFile, channels: 1 | 3): Picture {
  const { path, bytes } = file
  const isPng = startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  if (!isPng && !startsWith(bytes, [0xff, 0xd8, 0xff])) {
    throw new DataFileError(path, 'it is neither a PNG nor a JPEG file', FIX)
  }
  try {
    return isPng ? fromPng(file, channels) : fromJpeg(bytes, channels)
  } catch (error) {
    if (error instanceof DataFileError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new DataFileError(path, `it cannot be decoded (${reason})`, FIX)
  }
}

function fromPng({ path, bytes }: SourceFile, channels: 1 | 3): Picture {
  const { width, height } = pngSize(path, bytes)
  // A private, exactly long copy: the decoder reads the whole buffer behind a view.
  const png = decodePng(new Uint8Array(bytes))
  if (png.width !== width || png.height !== height) {
    throw new DataFileError(path, 'it states its size twice and differently', FIX)
  }
  const scale = 255 / (2 ** png.depth - 1)
  const { palette } = png
  const data = new Uint8Array(width * height * channels)
  const sample = (pixel: number, channel: number): number => {
    if (palette) return palette[indexAt(png.data, png.depth, width, pixel)]?.[channel] ?? 0
    const from = png.channels < 3 ? 0 : channel
    const value =
      png.depth < 8
        ? indexAt(png.data, png.depth, width, pixel)
        : png.data[pixel * png.channels + from]!
    return value * scale
  }
  fill(data, channels, sample)
  return { width, height, channels, data }
}

/** Width and height from the header chunk. */
export function pngSize(path: string, bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isHeader = bytes.length >= 33 && view.getUint32(12) === 0x49484452
  const width = isHeader ? view.getUint32(16) : 0
  const height = isHeader ? view.getUint32(20) : 0
  if (width === 0 || height === 0) {
    throw new DataFileError(path, 'it has no PNG header', FIX)
  }
  if (width * height > MAXIMUM_MEGAPIXELS * 1e6) {
    throw new DataFileError(
      path,
      `it is ${width} × ${height} pixels, more than ${MAXIMUM_MEGAPIXELS} million`,
      'Make it smaller.',
    )
  }
  return { width, height }
}

/** A value of fewer than 8 bits: packed from the high bit on, rows starting at whole bytes. */
function indexAt(data: ArrayLike<number>, depth: number, width: number, pixel: number): number {
  const rowBytes = Math.ceil((width * depth) / 8)
  const bit = (pixel % width) * depth
  const byte = data[Math.floor(pixel / width) * rowBytes + (bit >> 3)]!
  return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
}

function fromJpeg(bytes: Uint8Array, channels: 1 | 3): Picture {
  const jpeg = decodeJpeg(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: MAXIMUM_MEGAPIXELS,
    maxMemoryUsageInMB: MAXIMUM_DECODER_MIB,
  })
  const { width, height } = jpeg
  const data = new Uint8Array(width * height * channels)
  fill(data, channels, (pixel, channel) => jpeg.data[pixel * 3 + channel]!)
  return { width, height, channels, data }
}

/** Writes all pixels; grey is the luma of Rec. 601. */
function fill(
  data: Uint8Array,
  channels: 1 | 3,
  sample: (pixel: number, channel: number) => number,
): void {
  for (let pixel = 0; pixel < data.length / channels; pixel++) {
    const [red, green, blue] = [sample(pixel, 0), sample(pixel, 1), sample(pixel, 2)]
    if (channels === 1) data[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
    else data.set([Math.round(red), Math.round(green), Math.round(blue)], pixel * 3)
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}
