/**
 * Symbols of up to eight bits, a byte each in the kernels' memory, in a Huffman code where that pays.
 *
 * Layout, bits from the most significant of each byte on, each part filled up with zeros to whole bytes:
 *
 * 1. The lowest and the highest symbol, a byte each; unless they are equal, the code lengths of all from one to the
 *    other, half a byte each. Where codes save less than a 32nd of symbols as they are, the bytes 1 and 0 say so.
 * 2. The symbols' codes, in runs (`runs.ts`) unless each is the byte that it stands for.
 */
import {
  type Address,
  bytesAt,
  copyIn,
  inScratch,
  integersAt,
  kernels,
  reserve,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { readRuns, runMargin, writeRuns } from '../runs.ts'
import { codeLengths, codesOf, decodingTable, LONGEST, UNUSED } from './huffman.ts'

/** What a Huffman code may take of what symbols as they are do. */
const WORTHWHILE = 31 / 32

interface Code {
  /** How the bytes begin. */
  readonly header: Uint8Array
  readonly lengths: Uint8Array
}

/**
 * Writes `count` symbols of so many bits, at least one, to memory reserved for them and for `room` bytes behind.
 *
 * @returns where their bytes begin and where they end
 */
export function writeSymbols(
  at: Address,
  count: number,
  bits: number,
  room = 0,
): { readonly from: Address; readonly end: Address } {
  const counts = countSymbols(at, count, bits)
  const { header, lengths } = chooseCode(counts, bits)
  const codeBytes = Math.ceil(bitsOf(counts, lengths) / 8) + runMargin(count)
  const from = reserve(header.length + codeBytes + room)
  bytesAt(from, header.length).set(header)
  const body = from + header.length
  if (areBytes(lengths)) {
    bytesAt(body, count).set(bytesAt(at, count))
    return { from, end: body + count }
  }
  const bytes = inScratch(() => {
    const codes = copyIn(codesOf(lengths))
    return writeRuns(count, body, (first, end, to) =>
      kernels.writeCodes(at + first, end - first, codes, to),
    )
  })
  return { from, end: body + bytes }
}

/**
 * @param count of symbols, at least one
 * @throws {MalformedFrameError} on anything but what `writeSymbols` writes
 */
export function readSymbols(bytes: Uint8Array, count: number, bits: number): Address {
  const { header, lengths } = readHeader(bytes, bits)
  const { at, counts } = readCodes(bytes.subarray(header.length), lengths, count)
  const shortest = chooseCode(counts ?? countSymbols(at, count, bits), bits).header
  if (shortest.length !== header.length || shortest.some((byte, i) => byte !== header[i])) {
    throw new MalformedFrameError('values are not in the code that is due')
  }
  return at
}

/** Whether the header says that the highest symbol does not occur; false where symbols are as they are. */
export function lacksHighest(bytes: Uint8Array, bits: number): boolean {
  const [first, last] = bytes
  return first! <= last! && last! < 2 ** bits - 1
}

/** By the number that the kernel returns. */
const REASONS: Readonly<Record<number, string>> = {
  1: 'values are cut off',
  2: 'values end before their bytes',
}

/** Symbols, and how often each occurs where reading them has told. */
function readCodes(
  body: Uint8Array,
  lengths: Uint8Array,
  count: number,
): { readonly at: Address; readonly counts: Uint32Array | null } {
  if (areBytes(lengths)) {
    if (body.length === count) return { at: copyIn(body), counts: null }
    throw new MalformedFrameError(`${body.length} bytes of symbols for ${count} values`)
  }
  const table = decodingTable(lengths)
  if (table === null) throw new MalformedFrameError('code lengths that are no code')
  const at = reserve(count)
  const counts = inScratch(() => {
    const counts = reserveNumbers(256)
    const { body: from, length, told, runs } = readRuns(body, count)
    const error = kernels.readCodes(from, length, copyIn(table), told, runs, at, counts)
    if (error !== 0) throw new MalformedFrameError(REASONS[error]!)
    return integersAt(counts, lengths.length).slice()
  })
  return { at, counts }
}

/** Whether codes and symbols are the same bytes. */
function areBytes(lengths: Uint8Array): boolean {
  return lengths.length === 256 && lengths.every((length) => length === 8)
}

function countSymbols(at: Address, count: number, bits: number): Uint32Array {
  return inScratch(() => {
    const counts = reserveNumbers(256)
    kernels.countBytes(at, count, counts)
    return integersAt(counts, 2 ** bits).slice()
  })
}

/** The Huffman code, unless symbols as they are take hardly more: those are read at once. */
function chooseCode(counts: Uint32Array, bits: number): Code {
  const plain = plainCode(bits)
  const cost = (code: Code) => 8 * code.header.length + bitsOf(counts, code.lengths)
  const most = WORTHWHILE * cost(plain)
  // No code takes less; a bit more, so that rounding never decides.
  if (Math.max(entropyOf(counts), leastBits(counts)) > most + 1) return plain
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

/**
 * What no code takes less than whose longest are of LONGEST bits. Were all codes that long, 2^LONGEST − n more would fit
 * beside those of n symbols; and each bit that a code is shorter takes the place of one of these at least.
 */
function leastBits(counts: Uint32Array): number {
  const occurring = counts.filter((count) => count > 0)
  const total = occurring.reduce((sum, count) => sum + count, 0)
  return LONGEST * total - (2 ** LONGEST - occurring.length) * Math.max(0, ...occurring)
}

/** Bits of all of them together. */
function entropyOf(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce(
    (bits, count) => (count === 0 ? bits : bits + count * Math.log2(total / count)),
    0,
  )
}

/** Symbols as they are. */
function plainCode(bits: number): Code {
  return { header: Uint8Array.of(1, 0), lengths: new Uint8Array(2 ** bits).fill(bits) }
}

function bitsOf(counts: Uint32Array, lengths: Uint8Array): number {
  return counts.reduce((bits, count, i) => (count === 0 ? bits : bits + count * lengths[i]!), 0)
}

/** @throws {MalformedFrameError} on what is no header */
function readHeader(bytes: Uint8Array, bits: number): Code {
  const [first, last] = bytes
  if (first === undefined || last === undefined) throw new MalformedFrameError('values are cut off')
  if (first === 1 && last === 0) return plainCode(bits)
  const listed = first === last ? 0 : last - first + 1
  const header = bytes.subarray(0, 2 + Math.ceil(listed / 2))
  if (first > last || last >= 2 ** bits || header.length < 2 + listed / 2) {
    throw new MalformedFrameError(`code lengths of symbols ${first} to ${last}`)
  }
  const lengths = new Uint8Array(2 ** bits).fill(UNUSED)
  if (listed === 0) lengths[first] = 0
  for (let i = 0; i < listed; i++) {
    const pair = header[2 + (i >> 1)]!
    lengths[first + i] = i % 2 === 0 ? pair >> 4 : pair & 15
  }
  return { header, lengths }
}
