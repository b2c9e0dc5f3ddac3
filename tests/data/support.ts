/** Hand-made files for the data tests, and the real ones where this machine has them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import {
  buildDataset,
  type Dataset,
  datasetSchema,
  type Examples,
  type SourceFiles,
} from '../../src/data/index.ts'

export const text = (content: string): Uint8Array => new TextEncoder().encode(content)

/** Contents by key as the parsers get them. */
export function sources(files: Readonly<Record<string, Uint8Array>>): SourceFiles {
  return new Map(
    Object.entries(files).map(([key, bytes]) => [key, { path: `/data/${key}`, bytes }]),
  )
}

export function build(
  options: Record<string, unknown>,
  files: Readonly<Record<string, Uint8Array>> = {},
): Dataset {
  return buildDataset(datasetSchema.parse(options), sources(files))
}

/** An IDX file of unsigned bytes. */
export function idx(lengths: readonly number[], values: ArrayLike<number>): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * lengths.length))
  header.setUint32(0, 0x0800 + lengths.length)
  lengths.forEach((length, i) => {
    header.setUint32(4 + 4 * i, length)
  })
  return Uint8Array.from([...new Uint8Array(header.buffer), ...Array.from(values)])
}

/** `count` MNIST images whose pixels are their number, and labels 0, 1, 2, … */
export function mnistFiles(count: number, stem: 'train' | 'test') {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => Math.floor(i / 784))
  return {
    [`${stem}-images`]: idx([count, 28, 28], pixels),
    [`${stem}-labels`]: idx(
      [count],
      Array.from({ length: count }, (_, i) => i % 10),
    ),
  }
}

/** A CIFAR-10 record whose pixel at (row, column) of a channel is given by `pixel`. */
export function cifarRecord(
  label: number,
  pixel: (channel: number, row: number, column: number) => number,
): Uint8Array {
  const record = new Uint8Array(3073)
  record[0] = label
  for (let i = 0; i < 3072; i++) {
    record[1 + i] = pixel(Math.floor(i / 1024), Math.floor((i % 1024) / 32), i % 32)
  }
  return record
}

/** Examples with the given labels; input i holds i. */
export function labelled(labels: readonly number[], clients?: readonly number[]): Examples {
  return {
    count: labels.length,
    inputs: Int32Array.from(labels, (_, i) => i),
    inputShape: [1],
    labels: Int32Array.from(labels),
    ...(clients && { clients: Int32Array.from(clients) }),
  }
}

/** A gzipped tar archive. */
export function tarGz(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(members).flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write('0000644\0', 100)
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
    header.write('        ', 148)
    header.write('0', 156)
    header.write('ustar\0', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

/** A ZIP archive of deflated members. */
export function zip(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, bytes] of Object.entries(members)) {
    const packed = deflateRawSync(bytes)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(8, 10)
    entry.writeUInt32LE(crc32(bytes), 16)
    entry.writeUInt32LE(packed.length, 20)
    entry.writeUInt32LE(bytes.length, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(offset, 42)
    parts.push(local, Buffer.from(name), packed)
    directory.push(entry, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(members).length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** Folder of the real data, or null with a printed reason: those tests are then skipped. */
export function realData(folder: string): string | null {
  const place = process.env['STARLING_DATA'] ?? join(import.meta.dirname, '../../../shared/data')
  if (existsSync(join(place, folder))) return place
  console.warn(`skipped: no ${folder} in ${place}; set STARLING_DATA to a folder with real data`)
  return null
}
