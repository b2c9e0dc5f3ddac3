/**
 * Words of up to 32 bits, such as floating-point numbers, without what their exponents do not need. Of a trained
 * model's values the exponents, 8 bits of a float32, carry about 2.5 bits of information, while signs and mantissas
 * look random. So exponents are written in a Huffman code, everything else as it is.
 *
 * Layout, bits from the most significant of each byte on, each part filled up with zeros to whole bytes:
 *
 * 1. The lowest and the highest exponent, a byte each; unless they are equal, the code lengths of all from one to the
 *    other, half a byte each. Where exponents as they are take no more, the bytes 1 and 0 say so.
 * 2. The exponents' codes.
 * 3. Of each word the sign and the mantissa.
 */
import { MalformedFrameError } from '../errors.ts'
import { codeLengths, codesOf, decodingTable, UNUSED } from './huffman.ts'

/** From the most significant bit: the sign if there is one, the exponent of at most 8 bits, at most 24 bits mantissa. */
export interface WordFormat {
  readonly sign: 0 | 1
  readonly exponent: number
  readonly mantissa: number
}

/** A code for exponents. */
interface Code {
  /** How the bytes begin. */
  readonly header: Uint8Array
  readonly lengths: Uint8Array
}

/** @param words at least one, of the format's width */
export function pack(words: Uint32Array, format: WordFormat): Uint8Array {
  const counts = countExponents(words, format)
  const { header, lengths } = chooseCode(counts, format.exponent)
  const codeBytes = Math.ceil(bitsOf(counts, lengths) / 8)
  const others = format.sign + format.mantissa
  const length = header.length + codeBytes + Math.ceil((words.length * others) / 8)
  // Written four bytes at a time, of which the last ones may reach beyond the end.
  const view = new DataView(new ArrayBuffer(length + 4))
  const result = new Uint8Array(view.buffer, 0, length)
  result.set(header)
  writeCodes(view, header.length, words, lengths, format)
  if (others > 0) writeOthers(view, header.length + codeBytes, words, format)
  return result
}

/** Three codes at a time; whole bytes are written and less than a byte is carried over to the next four. */
function writeCodes(
  view: DataView,
  start: number,
  words: Uint32Array,
  lengths: Uint8Array,
  { mantissa }: WordFormat,
): void {
  const codes = codesOf(lengths)
  const mask = lengths.length - 1
  const nothing = lengths.length
  let at = start
  let held = 0
  let carry = 0
  for (let i = 0; i < words.length; i += 3) {
    const a = codes[(words[i]! >>> mantissa) & mask]!
    const b = codes[i + 1 < words.length ? (words[i + 1]! >>> mantissa) & mask : nothing]!
    const c = codes[i + 2 < words.length ? (words[i + 2]! >>> mantissa) & mask : nothing]!
    const three = ((((a >>> 4) << (b & 15)) | (b >>> 4)) << (c & 15)) | (c >>> 4)
    const width = (a & 15) + (b & 15) + (c & 15)
    const four = carry | (three << (32 - held - width))
    view.setInt32(at, four)
    held += width
    at += held >>> 3
    carry = four << (held & 24)
    held &= 7
  }
}

function writeOthers(
  view: DataView,
  start: number,
  words: Uint32Array,
  { sign, exponent, mantissa }: WordFormat,
): void {
  const width = sign + mantissa
  const low = 2 ** mantissa - 1
  let at = start
  let held = 0
  let carry = 0
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const others = ((word >>> exponent) & ~low) | (word & low)
    const four = carry | (others << (32 - held - width))
    view.setInt32(at, four)
    held += width
    at += held >>> 3
    carry = four << (held & 24)
    held &= 7
  }
}

/**
 * @param count of words, at least one
 * @throws {MalformedFrameError} on anything but what `pack` writes
 */
export function unpack(bytes: Uint8Array, count: number, format: WordFormat): Uint32Array {
  const { header, lengths } = readHeader(bytes, format.exponent)
  const table = decodingTable(lengths)
  if (table === null) throw new MalformedFrameError('code lengths that are no code')
  const others = format.sign + format.mantissa
  const start = bytes.length - Math.ceil((count * others) / 8)
  if (start < header.length) throw new MalformedFrameError('values are cut off')

  // Read four bytes at a time, from any place.
  const padded = new Uint8Array(bytes.length + 8)
  padded.set(bytes)
  const words = new Uint32Array(count)
  const end = readCodes(padded, header.length, start, words, table, format)
  if (others > 0) readOthers(padded, start, words, format)
  requireZeros(padded, end, 8 * start)
  requireZeros(padded, 8 * start + count * others, 8 * bytes.length)
  const shortest = chooseCode(countExponents(words, format), format.exponent).header
  if (shortest.length !== header.length || shortest.some((byte, i) => byte !== header[i])) {
    throw new MalformedFrameError('values are not in their shortest form')
  }
  return words
}

/** Fills in the exponents; returns where their codes end, in bits. */
function readCodes(
  padded: Uint8Array,
  start: number,
  end: number,
  words: Uint32Array,
  table: Uint16Array,
  { mantissa }: WordFormat,
): number {
  const view = new DataView(padded.buffer)
  let at = 8 * start
  for (let i = 0; i < words.length; i += 3) {
    if (at > 8 * end) throw new MalformedFrameError('values are cut off')
    // At least 25 bits, enough for three codes.
    let bits = view.getInt32(at >>> 3) << (at & 7)
    const a = table[bits >>> 24]!
    bits <<= a & 15
    words[i] = (a >>> 4) << mantissa
    at += a & 15
    if (i + 1 === words.length) break
    const b = table[bits >>> 24]!
    bits <<= b & 15
    words[i + 1] = (b >>> 4) << mantissa
    at += b & 15
    if (i + 2 === words.length) break
    const c = table[bits >>> 24]!
    words[i + 2] = (c >>> 4) << mantissa
    at += c & 15
  }
  return at
}

/** Fills in what is not exponent. */
function readOthers(
  padded: Uint8Array,
  start: number,
  words: Uint32Array,
  { sign, exponent, mantissa }: WordFormat,
): void {
  const view = new DataView(padded.buffer)
  const width = sign + mantissa
  const low = 2 ** mantissa - 1
  // Bytes and bits apart: all bits of the largest models are more than an integer holds.
  let at = start
  let shift = 0
  for (let i = 0; i < words.length; i++) {
    const others = (view.getInt32(at) << shift) >>> (32 - width)
    words[i]! |= ((others & ~low) << exponent) | (others & low)
    shift += width
    at += shift >>> 3
    shift &= 7
  }
}

/** @throws {MalformedFrameError} unless these bits fill up a byte with zeros */
function requireZeros(bytes: Uint8Array, from: number, to: number): void {
  const last = bytes[to / 8 - 1]!
  if (from > to || to - from > 7 || (last & (2 ** (to - from) - 1)) !== 0) {
    throw new MalformedFrameError('values end before or after their bytes')
  }
}

function countExponents(words: Uint32Array, { exponent, mantissa }: WordFormat): Uint32Array {
  const counts = new Uint32Array(2 ** exponent)
  const mask = counts.length - 1
  for (let i = 0; i < words.length; i++) counts[(words[i]! >>> mantissa) & mask]!++
  return counts
}

/** The Huffman code, unless it takes no less than exponents as they are. */
function chooseCode(counts: Uint32Array, exponent: number): Code {
  const lengths = codeLengths(counts)
  const first = counts.findIndex((count) => count > 0)
  const last = counts.findLastIndex((count) => count > 0)
  const listed = first === last ? [] : lengths.subarray(first, last + 1)
  const header = new Uint8Array(2 + Math.ceil(listed.length / 2))
  header[0] = first
  header[1] = last
  for (const [i, length] of listed.entries()) {
    header[2 + (i >> 1)]! |= i % 2 === 0 ? length << 4 : length
  }
  const plain = plainCode(exponent)
  const saved = bitsOf(counts, plain.lengths) - bitsOf(counts, lengths)
  return saved > 8 * (header.length - plain.header.length) ? { header, lengths } : plain
}

/** Exponents as they are. */
function plainCode(exponent: number): Code {
  return { header: Uint8Array.of(1, 0), lengths: new Uint8Array(2 ** exponent).fill(exponent) }
}

function bitsOf(counts: Uint32Array, lengths: Uint8Array): number {
  return counts.reduce((bits, count, i) => (count === 0 ? bits : bits + count * lengths[i]!), 0)
}

function readHeader(bytes: Uint8Array, exponent: number): Code {
  const [first, last] = bytes
  if (first === undefined || last === undefined) throw new MalformedFrameError('values are cut off')
  if (first === 1 && last === 0) return plainCode(exponent)
  const listed = first === last ? 0 : last - first + 1
  const header = bytes.subarray(0, 2 + Math.ceil(listed / 2))
  if (first > last || last >= 2 ** exponent || header.length < 2 + listed / 2) {
    throw new MalformedFrameError(`code lengths of exponents ${first} to ${last}`)
  }
  const lengths = new Uint8Array(2 ** exponent).fill(UNUSED)
  if (listed === 0) lengths[first] = 0
  for (let i = 0; i < listed; i++) {
    const pair = header[2 + (i >> 1)]!
    lengths[first + i] = i % 2 === 0 ? pair >> 4 : pair & 15
  }
  return { header, lengths }
}
