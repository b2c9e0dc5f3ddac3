/**
 * Words of up to 32 bits, such as floating-point numbers, without what their exponents do not need. Of a trained
 * model's values the exponents, 8 bits of a float32, carry about 2.5 bits of information, while signs and mantissas
 * look random. So exponents are written in a Huffman code, everything else as it is.
 *
 * Layout, bits from the most significant of each byte on, each part filled up with zeros to whole bytes:
 *
 * 1. The lowest and the highest exponent, a byte each; unless they are equal, the code lengths of all from one to the
 *    other, half a byte each. Where codes save less than a 32nd of exponents as they are, the bytes 1 and 0 say so.
 * 2. The exponents' codes, in runs (`runs.ts`) unless each is the byte that it stands for.
 * 3. Of each word the sign and the mantissa.
 */
import {
  type Address,
  bytesAt,
  copyBytes,
  copyIn,
  copyIntegers,
  inScratch,
  integersAt,
  kernels,
  reserve,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { readRuns, runMargin, writeRuns } from '../runs.ts'
import { codeLengths, codesOf, decodingTable, UNUSED } from './huffman.ts'

/** From the most significant bit: the sign if there is one, the exponent of at most 8 bits, at most 24 bits mantissa. */
export interface WordFormat {
  readonly sign: 0 | 1
  readonly exponent: number
  readonly mantissa: number
}

/** What a Huffman code may take of what exponents as they are do. */
const WORTHWHILE = 31 / 32

/** A code for exponents. */
interface Code {
  /** How the bytes begin. */
  readonly header: Uint8Array
  readonly lengths: Uint8Array
}

/** @param words at least one, of the format's width */
export function pack(words: Uint32Array, format: WordFormat): Uint8Array {
  return inScratch(() => packAt(copyIn(words), words.length, format))
}

/** The same of `count` words in the kernels' memory. */
export function packAt(at: Address, count: number, format: WordFormat): Uint8Array {
  const { sign, exponent, mantissa } = format
  return inScratch(() => {
    const counts = countExponents(at, count, format)
    const { header, lengths } = chooseCode(counts, exponent)
    const codeBytes = Math.ceil(bitsOf(counts, lengths) / 8) + runMargin(count)
    const others = Math.ceil((count * (sign + mantissa)) / 8)
    const to = reserve(header.length + codeBytes + others)
    const codes = copyIn(codesOf(lengths))
    bytesAt(to, header.length).set(header)
    const write = (first: number, end: number, to: Address) =>
      kernels.writeCodes(at + 4 * first, end - first, exponent, mantissa, codes, to)
    const body = to + header.length
    const rest = body + (areBytes(lengths) ? write(0, count, body) : writeRuns(count, body, write))
    if (others > 0) kernels.writeOthers(at, count, sign, exponent, mantissa, rest)
    return copyBytes(to, rest + others - to)
  })
}

/**
 * @param count of words, at least one
 * @throws {MalformedFrameError} on anything but what `pack` writes
 */
export function unpack(bytes: Uint8Array, count: number, format: WordFormat): Uint32Array {
  return inScratch(() => copyIntegers(unpackAt(bytes, count, format), count))
}

/** The same in the kernels' memory. */
export function unpackAt(bytes: Uint8Array, count: number, format: WordFormat): Address {
  const { sign, exponent, mantissa } = format
  const { header, lengths } = readHeader(bytes, exponent)
  const width = sign + mantissa
  const start = bytes.length - Math.ceil((count * width) / 8)
  if (start < header.length) throw new MalformedFrameError('values are cut off')
  requireZeros(bytes, 8 * start + count * width)
  const words = reserveNumbers(count)
  const counts = inScratch(() => {
    const { exponents, counts } = readExponents(
      bytes.subarray(header.length, start),
      lengths,
      count,
    )
    const others = copyIn(bytes.subarray(start))
    kernels.joinWords(exponents, count, others, sign, exponent, mantissa, words)
    return counts ?? countExponents(words, count, format)
  })
  const shortest = chooseCode(counts, exponent).header
  if (shortest.length !== header.length || shortest.some((byte, i) => byte !== header[i])) {
    throw new MalformedFrameError('values are not in the code that is due')
  }
  return words
}

/**
 * Whether the header says that no word has the highest exponent, which in a floating-point format is that of values that are
 * infinite or not numbers. Of bytes that could be unpacked; false where exponents are as they are.
 */
export function lacksHighest(bytes: Uint8Array, { exponent }: WordFormat): boolean {
  const [first, last] = bytes
  return first! <= last! && last! < 2 ** exponent - 1
}

/** By the number that the kernel returns. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'values are cut off',
  2: 'values end before their bytes',
}

interface Exponents {
  /** A byte each. */
  readonly exponents: Address
  /** How often each occurs, where reading them has told. */
  readonly counts: Uint32Array | null
}

function readExponents(body: Uint8Array, lengths: Uint8Array, count: number): Exponents {
  if (areBytes(lengths)) {
    if (body.length === count) return { exponents: copyIn(body), counts: null }
    throw new MalformedFrameError(`${body.length} bytes of exponents for ${count} values`)
  }
  const table = decodingTable(lengths)
  if (table === null) throw new MalformedFrameError('code lengths that are no code')
  const exponents = reserve(count)
  const counts = reserveNumbers(256)
  const error = inScratch(() => {
    const { body: from, length, told, runs } = readRuns(body, count)
    return kernels.readCodes(from, length, copyIn(table), told, runs, exponents, counts)
  })
  if (error !== 0) throw new MalformedFrameError(REASONS[error]!)
  return { exponents, counts: integersAt(counts, lengths.length).slice() }
}

/** Whether codes and exponents are the same bytes. */
function areBytes(lengths: Uint8Array): boolean {
  return lengths.length === 256 && lengths.every((length) => length === 8)
}

/** @throws {MalformedFrameError} unless the last byte holds nothing but zeros behind these bits */
function requireZeros(bytes: Uint8Array, bits: number): void {
  const unused = 8 * bytes.length - bits
  if ((bytes.at(-1)! & (2 ** unused - 1)) !== 0) {
    throw new MalformedFrameError('values end before their bytes')
  }
}

function countExponents(
  words: Address,
  count: number,
  { exponent, mantissa }: WordFormat,
): Uint32Array {
  return inScratch(() => {
    const counts = reserveNumbers(2 ** exponent)
    kernels.countExponents(words, count, exponent, mantissa, counts)
    return integersAt(counts, 2 ** exponent).slice()
  })
}

/** The Huffman code, unless exponents as they are take hardly more: those are read at once. */
function chooseCode(counts: Uint32Array, exponent: number): Code {
  const plain = plainCode(exponent)
  const cost = (code: Code) => 8 * code.header.length + bitsOf(counts, code.lengths)
  const most = WORTHWHILE * cost(plain)
  // No code takes less than the entropy; a bit more, so that its rounding never decides.
  if (entropyOf(counts) > most + 1) return plain
  const lengths = codeLengths(counts)
  const code = { header: headerOf(counts, lengths), lengths }
  return cost(code) < most ? code : plain
}

function headerOf(counts: Uint32Array, lengths: Uint8Array): Uint8Array {
  const first = counts.findIndex((count) => count > 0)
  const last = counts.findLastIndex((count) => count > 0)
  const listed = first === last ? [] : lengths.subarray(first, last + 1)
  const header = new Uint8Array(2 + Math.ceil(listed.length / 2))
  header[0] = first
  header[1] = last
  for (const [i, length] of listed.entries()) {
    header[2 + (i >> 1)]! |= i % 2 === 0 ? length << 4 : length
  }
  return header
}

/** Bits of all of them together. */
function entropyOf(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce(
    (bits, count) => (count === 0 ? bits : bits + count * Math.log2(total / count)),
    0,
  )
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
