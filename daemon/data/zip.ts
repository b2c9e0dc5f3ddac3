/**
 * A reader for single members of a ZIP archive (PKWARE APPNOTE 4.3: stored or deflated, no encryption, no ZIP64), as
 * far as the official archives need one. Every offset and length is checked against the file before it is used.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { ArchiveError } from './errors.ts'

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_LENGTH = 22
const ENTRY_LENGTH = 46
const LOCAL_LENGTH = 30
/** Longest comment after the end record: its length has 16 bits. */
const COMMENT_LIMIT = 65_535
/** Most bytes of one member, unpacked. */
const MEMBER_LIMIT = 1024 ** 3

/**
 * The contents of the `wanted` members.
 * @throws {ArchiveError} for a damaged archive or one that lacks a member.
 */
export function readZip(
  path: string,
  archive: Uint8Array,
  wanted: readonly string[],
): { readonly name: string; readonly bytes: Uint8Array }[] {
  const entries = listEntries(path, archive)
  return wanted.map((name) => {
    const entry = entries.get(name)
    if (entry === undefined) throw new ArchiveError(path, `it lacks ${name}`)
    return { name, bytes: unpack(path, archive, name, entry) }
  })
}

interface Entry {
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly offset: number
}

function listEntries(path: string, archive: Uint8Array): Map<string, Entry> {
  const view = viewOf(archive)
  const end = findEnd(path, view)
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const entries = new Map<string, Entry>()
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_LENGTH > end || view.getUint32(at, true) !== ENTRY) {
      throw new ArchiveError(path, `its directory breaks off at entry ${i + 1} of ${count}`)
    }
    const nameLength = view.getUint16(at + 28, true)
    const extraLengths = view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    const name = new TextDecoder().decode(
      archive.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength),
    )
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    })
    at += ENTRY_LENGTH + nameLength + extraLengths
  }
  return entries
}

function findEnd(path: string, view: DataView): number {
  const first = Math.max(0, view.byteLength - END_LENGTH - COMMENT_LIMIT)
  for (let at = view.byteLength - END_LENGTH; at >= first; at--) {
    if (view.getUint32(at, true) === END) return at
  }
  throw new ArchiveError(path, 'it is no ZIP archive, or not a whole one')
}

function unpack(path: string, archive: Uint8Array, name: string, entry: Entry): Uint8Array {
  const view = viewOf(archive)
  const damaged = (reason: string) => new ArchiveError(path, `its member ${name} ${reason}`)
  const { offset, packed, size, method } = entry
  if (size > MEMBER_LIMIT) throw damaged(`has ${size} bytes`)
  if (offset + LOCAL_LENGTH > archive.length || view.getUint32(offset, true) !== LOCAL) {
    throw damaged('is not where the directory says')
  }
  const names = view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  const start = offset + LOCAL_LENGTH + names
  if (start + packed > archive.length) throw damaged('reaches beyond the end')
  const data = archive.subarray(start, start + packed)
  let bytes: Uint8Array
  if (method === 0) bytes = data
  else if (method === 8) {
    try {
      bytes = inflateRawSync(data, { maxOutputLength: Math.max(1, size) })
    } catch {
      throw damaged('cannot be inflated')
    }
  } else throw damaged(`is packed by method ${method}`)
  if (bytes.length !== size || crc32(bytes) !== entry.crc) throw damaged('has another checksum')
  return bytes
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
