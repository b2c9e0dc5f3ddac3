/** The bytes of a letter; `letter.proto` is the written contract. Ranks stand in ascending order, each once. */
import {
  type ByRank,
  bytesOf,
  type MaskedVector,
  MOST_CHOOSERS,
  PAIR_BYTES,
  type Reveal,
  type RingWidth,
  SEED_BYTES,
  wordsOf,
} from '../../../crypto/index.ts'
import {
  MalformedMessageError,
  type MessageSpec,
  ProtobufWriter,
  readProtobuf,
} from '../../runtime/protobuf.ts'
import { MalformedFrameError } from '../errors.ts'
import { decodeIndices, encodeIndices, maxIndexBytes } from '../indices/index.ts'
import type { Selection } from '../interface.ts'
import { randomMask } from '../random-mask.ts'
import { MalformedLetterError } from './errors.ts'

/** A node of higher degree than this cannot take part in a private run: letters stay bounded. */
export const MAX_DEGREE = 256

const MAX_RANK = 2 ** 20
const MAX_ANNOUNCEMENT = 512
const TAG_BYTES = 32
const SUMS_BYTES = 8

export interface Roster {
  readonly participants: readonly number[]
  readonly announcements: ByRank<Uint8Array>
}

/** One kind of letter: its content to bytes and back. `T` never is a letter of no bytes. */
export interface LetterKind<T> {
  encode(content: T): Uint8Array<ArrayBuffer>
  /** @throws {MalformedLetterError} */
  decode(bytes: Uint8Array): T
}

export const keysLetter: LetterKind<Uint8Array> = {
  encode: (announcement) => new ProtobufWriter().bytes(1, announcement).finish(),
  decode: (bytes) =>
    read(bytes, { announcement: { field: 1, kind: 'bytes', max: MAX_ANNOUNCEMENT } }).announcement,
}

export const rosterLetter: LetterKind<Roster> = {
  encode({ participants, announcements }) {
    const writer = new ProtobufWriter()
    writeRanks(writer, participants)
    writeEntries(writer, announcements)
    return writer.finish()
  },
  decode(bytes) {
    const { ranks, entries } = read(bytes, {
      ranks: { field: 2, kind: 'uint', max: MAX_RANK, repeated: MAX_DEGREE },
      entries: entriesOf(MAX_ANNOUNCEMENT),
    })
    return { participants: ascending(ranks), announcements: byRank(entries) }
  },
}

export const tagsLetter: LetterKind<ByRank<Uint8Array>> = {
  encode(tags) {
    const writer = new ProtobufWriter()
    writeEntries(writer, tags)
    return writer.finish()
  },
  decode: (bytes) => byRank(read(bytes, { entries: entriesOf(TAG_BYTES) }).entries),
}

/** What a sender says first where each chooses its coordinates itself. */
export interface Hello {
  /** In an epoch's first round. */
  readonly announcement?: Uint8Array
  readonly set: Selection
}

/** @param size coefficients of the model */
export function helloLetter(size: number): LetterKind<Hello> {
  return {
    encode({ announcement, set }) {
      const writer = new ProtobufWriter()
      if (announcement !== undefined) writer.bytes(1, announcement)
      return writer.bytes(8, encodeSet(set)).finish()
    },
    decode(bytes) {
      const { announcement, set } = read(bytes, {
        announcement: { field: 1, kind: 'bytes', max: MAX_ANNOUNCEMENT, optional: true },
        set: { field: 8, kind: 'bytes', max: maxSetBytes(size) },
      })
      return { set: decodeSet(set, size), ...(announcement && { announcement }) }
    },
  }
}

/** A roster with the other participants' sets. */
export interface SetRoster extends Roster {
  readonly sets: ByRank<Selection>
}

export function setRosterLetter(size: number): LetterKind<SetRoster> {
  return {
    encode({ participants, announcements, sets }) {
      const writer = new ProtobufWriter()
      writeRanks(writer, participants)
      writeEntries(writer, announcements)
      for (const [rank, set] of [...sets].sort(([a], [b]) => a - b)) {
        writer.message(9, (entry) => entry.uint(1, rank).bytes(2, encodeSet(set)))
      }
      return writer.finish()
    },
    decode(bytes) {
      const { ranks, entries, sets } = read(bytes, {
        ranks: { field: 2, kind: 'uint', max: MAX_RANK, repeated: MAX_DEGREE },
        entries: entriesOf(MAX_ANNOUNCEMENT),
        sets: { ...entriesOf(maxSetBytes(size)), field: 9, repeated: MOST_CHOOSERS },
      })
      const decoded = [...byRank(sets)].map(([rank, set]) => [rank, decodeSet(set, size)] as const)
      return {
        participants: ascending(ranks),
        announcements: byRank(entries),
        sets: new Map(decoded),
      }
    },
  }
}

/** The parts of all classes that a sender is in, one after the other, and two words of checksum for each. */
export interface Parts {
  readonly words: Uint8Array
  readonly sums: Uint8Array
}

export function partsLetter(size: number): LetterKind<Parts> {
  return {
    encode: ({ words, sums }) =>
      new ProtobufWriter().alignedBytes(4, words, 4).bytes(5, sums).finish(),
    decode: (bytes) =>
      read(bytes, {
        words: { field: 4, kind: 'bytes', max: 4 * size },
        sums: { field: 5, kind: 'bytes', max: SUMS_BYTES * size },
      }),
  }
}

export interface Confirmation {
  readonly tags: ByRank<Uint8Array>
  /** Where blocks are chosen by scores. */
  readonly scores?: MaskedVector
}

/** @param count scores that belong into the letter; 0 where there are none */
export function confirmLetter(count: number): LetterKind<Confirmation> {
  return {
    encode({ tags, scores }) {
      const writer = new ProtobufWriter()
      writeEntries(writer, tags)
      return (scores === undefined ? writer : writeVector(writer, scores)).finish()
    },
    decode(bytes) {
      const entries = entriesOf(TAG_BYTES)
      if (count === 0) return { tags: byRank(read(bytes, { entries }).entries) }
      const { entries: tags, ...vector } = read(bytes, { entries, ...vectorOf(16, count) })
      return { tags: byRank(tags), scores: readVector(16, count, vector) }
    },
  }
}

export interface Go {
  readonly tags: ByRank<Uint8Array>
  /** Where the receiver chooses: the blocks that it asks for, ascending. */
  readonly blocks?: Uint32Array
}

/** @param count blocks of the model */
export function goLetter(count: number): LetterKind<Go> {
  return {
    encode({ tags, blocks }) {
      const writer = new ProtobufWriter()
      writeEntries(writer, tags)
      return (blocks === undefined ? writer : writer.bytes(7, bitmapOf(blocks, count))).finish()
    },
    decode(bytes) {
      const { entries, blocks } = read(bytes, {
        entries: entriesOf(TAG_BYTES),
        blocks: { field: 7, kind: 'bytes', max: Math.ceil(count / 8), optional: true },
      })
      const tags = byRank(entries)
      return blocks === undefined ? { tags } : { tags, blocks: readBitmap(blocks, count) }
    },
  }
}

export const ranksLetter: LetterKind<readonly number[]> = {
  encode(ranks) {
    const writer = new ProtobufWriter()
    writeRanks(writer, ranks)
    return writer.finish()
  },
  decode: (bytes) =>
    ascending(
      read(bytes, { ranks: { field: 2, kind: 'uint', max: MAX_RANK, repeated: MAX_DEGREE } }).ranks,
    ),
}

/** Letters with so many words of this width. */
export function vectorLetter(width: RingWidth, count: number): LetterKind<MaskedVector> {
  return {
    encode: (vector) => writeVector(new ProtobufWriter(), vector).finish(),
    decode: (bytes) => readVector(width, count, read(bytes, vectorOf(width, count))),
  }
}

export const revealLetter: LetterKind<Reveal> = {
  encode({ seed, pairs }) {
    const writer = new ProtobufWriter()
    writeEntries(writer, pairs)
    return writer.bytes(6, seed).finish()
  },
  decode(bytes) {
    const { entries, seed } = read(bytes, {
      entries: entriesOf(PAIR_BYTES),
      seed: { field: 6, kind: 'bytes', max: SEED_BYTES },
    })
    return { seed, pairs: byRank(entries) }
  },
}

/** Most bytes of any letter of a run. @param coefficients of the model in the run's basis */
export function maxLetterBytes(coefficients: number, width: RingWidth): number {
  const entries = MAX_DEGREE * (MAX_ANNOUNCEMENT + 16)
  return (coefficients * width) / 8 + entries
}

/** The same where letters carry the sets of all participants, and checksums of each class. */
export function maxSetLetterBytes(coefficients: number): number {
  return maxLetterBytes(3 * coefficients, 32) + MOST_CHOOSERS * (maxSetBytes(coefficients) + 16)
}

function vectorOf(width: RingWidth, count: number) {
  return {
    words: { field: 4, kind: 'bytes', max: (count * width) / 8 },
    sums: { field: 5, kind: 'bytes', max: SUMS_BYTES },
  } as const
}

function writeVector(writer: ProtobufWriter, { words, sums }: MaskedVector): ProtobufWriter {
  return writer.alignedBytes(4, bytesOf(words), 4).bytes(5, bytesOf(sums))
}

function readVector(
  width: RingWidth,
  count: number,
  { words, sums }: { readonly words: Uint8Array; readonly sums: Uint8Array },
): MaskedVector {
  if (words.length !== (count * width) / 8 || sums.length !== SUMS_BYTES) {
    throw new MalformedLetterError(`${words.length} bytes where ${count} words belong`)
  }
  return { words: wordsOf(width, words), sums: wordsOf(32, sums) as MaskedVector['sums'] }
}

/** One bit a block, lowest first. */
function bitmapOf(blocks: Uint32Array, count: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(count / 8))
  for (const block of blocks) bitmap[block >> 3]! |= 1 << (block & 7)
  return bitmap
}

function readBitmap(bitmap: Uint8Array, count: number): Uint32Array {
  if (bitmap.length !== Math.ceil(count / 8) || bitmap.at(-1)! >> (((count - 1) & 7) + 1) !== 0) {
    throw new MalformedLetterError(`the blocks are no map of ${count}`)
  }
  const blocks: number[] = []
  for (let block = 0; block < count; block++) {
    if ((bitmap[block >> 3]! >> (block & 7)) & 1) blocks.push(block)
  }
  return Uint32Array.from(blocks)
}

/** How a set travels: `Coordinates` of letter.proto. */
export function encodeSet({ size, indices, seed }: Selection): Uint8Array {
  const writer = new ProtobufWriter().uint(1, indices.length)
  if (seed !== undefined) writer.uint(2, seed)
  else if (indices.length < size) writer.bytes(3, encodeIndices(indices, size))
  return writer.finish()
}

function decodeSet(bytes: Uint8Array, size: number): Selection {
  const { count, seed, indices } = read(bytes, {
    count: { field: 1, kind: 'uint', max: size },
    seed: { field: 2, kind: 'uint', max: 2 ** 32 - 1, optional: true },
    indices: { field: 3, kind: 'bytes', max: maxIndexBytes(size), optional: true },
  })
  if (seed !== undefined) return { size, indices: randomMask(seed, count, size), seed }
  if (indices === undefined && count === size) {
    return { size, indices: Uint32Array.from({ length: size }, (_, k) => k) }
  }
  try {
    return { size, indices: decodeIndices(indices ?? NO_BYTES, count, size) }
  } catch (error) {
    if (!(error instanceof MalformedFrameError)) throw error
    throw new MalformedLetterError('a set of coordinates that is none', { cause: error })
  }
}

function maxSetBytes(size: number): number {
  return maxIndexBytes(size) + 16
}

const NO_BYTES = new Uint8Array(0)

function entriesOf(max: number) {
  return {
    field: 3,
    kind: 'message',
    repeated: MAX_DEGREE,
    fields: {
      rank: { field: 1, kind: 'uint', max: MAX_RANK },
      content: { field: 2, kind: 'bytes', max },
    },
  } as const
}

function writeRanks(writer: ProtobufWriter, ranks: readonly number[]): void {
  for (const rank of ranks) writer.uint(2, rank)
}

function writeEntries(writer: ProtobufWriter, entries: ByRank<Uint8Array>): void {
  for (const [rank, content] of [...entries].sort(([a], [b]) => a - b)) {
    writer.message(3, (entry) => entry.uint(1, rank).bytes(2, content))
  }
}

function byRank(
  entries: readonly { readonly rank: number; readonly content: Uint8Array }[],
): ByRank<Uint8Array> {
  ascending(entries.map(({ rank }) => rank))
  return new Map(entries.map(({ rank, content }) => [rank, content]))
}

function ascending(ranks: readonly number[]): readonly number[] {
  if (ranks.every((rank, i) => i === 0 || rank > ranks[i - 1]!)) return ranks
  throw new MalformedLetterError('ranks do not ascend')
}

function read<const S extends MessageSpec>(bytes: Uint8Array, spec: S) {
  try {
    return readProtobuf(bytes, spec)
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error
    throw new MalformedLetterError(error.reason, { cause: error })
  }
}
