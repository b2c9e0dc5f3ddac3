/**
 * Real numbers as elements of the ring Z/2^w, w = 32 or 16, where a mask can be uniform and sums are exact:
 *
 *   q = clamp(round(x · 2^f), ±⌊B · 2^f⌋)         x ≈ q / 2^f
 *
 * The sum of |P| such integers is right as an integer, and not only modulo 2^w, if |P| · (B · 2^f + 1) < 2^(w−1)
 * (`checkCapacity`). It is then off by at most |P| · 2^(−f−1) when rounding to the nearest; stochastic rounding is
 * unbiased, with a variance of at most 2^(−2f) / 4 for each term.
 *
 * Words are little-endian in memory and on the wire, as on every machine that Node supports but one.
 */
import type { Keystream } from './cipher-suite.ts'
import { AREA, PIECE_BYTES, ringKernels } from './kernels/ring-kernels.ts'

/** Bits of a word. */
export type RingWidth = 32 | 16

/** Elements of the ring, as signed numbers. */
export type Words = Int32Array<ArrayBuffer> | Int16Array<ArrayBuffer>

export interface Ring {
  /** w */
  readonly width: RingWidth
  /** f: bits behind the point, 0 to 30. A step is 2^−f. */
  readonly fractionBits: number
  /** B > 0: larger magnitudes are cut to it. */
  readonly clip: number
}

/** A step of 1.2e-7, float32's own at 1, for up to 15 senders. */
export const DEFAULT_RING: Ring = { width: 32, fractionBits: 23, clip: 16 }

const LARGEST_FRACTION = 30
const FLOAT_BYTES = 4

/** A ring that cannot be: its width is unknown, its fraction too long, its clip not a number that it holds. */
export class InvalidRingError extends Error {
  override name = 'InvalidRingError'
}

/** A sum of so many senders could wrap around. */
export class RingCapacityError extends Error {
  override name = 'RingCapacityError'
  readonly senders: number
  /** How many senders the ring can sum. */
  readonly largest: number

  constructor(senders: number, largest: number) {
    super(
      `a sum of ${senders} senders can overflow this ring, which has room for ${largest}: ` +
        'choose fewer fraction bits, a smaller clip or the wider ring',
    )
    this.senders = senders
    this.largest = largest
  }
}

/** A value that is infinite or not a number: the ring has no word for it. */
export class NotFiniteError extends Error {
  override name = 'NotFiniteError'
}

/** Bytes that are not a whole number of words. */
export class InvalidWordsError extends Error {
  override name = 'InvalidWordsError'
}

/** @throws {InvalidRingError} */
export function checkRing({ width, fractionBits, clip }: Ring): void {
  if (width !== 32 && width !== 16) {
    throw new InvalidRingError(`a ring has words of 32 or 16 bits, not ${width}`)
  }
  if (!Number.isInteger(fractionBits) || fractionBits < 0 || fractionBits > LARGEST_FRACTION) {
    throw new InvalidRingError(
      `fraction bits are a whole number from 0 to ${LARGEST_FRACTION}, not ${fractionBits}`,
    )
  }
  // Written so that NaN fails, too.
  if (!(clip * 2 ** fractionBits >= 1 && clip * 2 ** fractionBits < 2 ** (width - 1))) {
    throw new InvalidRingError(
      `a clip of ${clip} does not fit into ${width} bits with ${fractionBits} behind the point`,
    )
  }
}

/** The most senders whose sum cannot wrap around: the largest |P| with |P| · (B · 2^f + 1) < 2^(w−1). */
export function largestSum({ width, fractionBits, clip }: Ring): number {
  return Math.ceil(2 ** (width - 1) / (clip * 2 ** fractionBits + 1)) - 1
}

/**
 * The most bits behind the point with which a sum of so many senders cannot wrap around; below 0 where the clip leaves no
 * room for any.
 */
export function finestFraction(width: RingWidth, clip: number, senders: number): number {
  const steps = (2 ** (width - 1) - 1) / senders - 1
  return Math.min(LARGEST_FRACTION, Math.floor(Math.log2(steps / clip)))
}

/** @throws {RingCapacityError} unless every sum of that many senders is exact. */
export function checkCapacity(ring: Ring, senders: number): void {
  const largest = largestSum(ring)
  if (senders > largest) throw new RingCapacityError(senders, largest)
}

export interface Quantised {
  readonly words: Words
  /** How many values were cut to the clip. */
  readonly clipped: number
}

/**
 * Values to words. Rounds to the nearest, halves to the even one; where `random` is given it rounds
 * stochastically, at 4 bytes of it for each value, of which 24 bits count. A ChaCha20 key stream serves, and
 * makes the result reproducible from its key.
 * @param words receives the result; as long as `values`. @default a new vector
 * @throws {InvalidRingError} {@link NotFiniteError}
 */
export function quantise(
  ring: Ring,
  values: Float32Array,
  random?: Keystream,
  words: Words = newWords(ring.width, values.length),
): Quantised {
  checkRing(ring)
  if (words.length !== values.length || words.BYTES_PER_ELEMENT * 8 !== ring.width) {
    throw new InvalidWordsError(`${values.length} values need as many ${ring.width}-bit words`)
  }
  const [from, to] = [rawBytes(values), bytesOf(words)]
  const scale = 2 ** ring.fractionBits
  const limit = Math.floor(ring.clip * scale)
  const kernels = ringKernels()
  let clipped = 0
  for (let at = 0; at < from.length; at += PIECE_BYTES) {
    const piece = from.subarray(at, at + PIECE_BYTES)
    const length = kernels.load(AREA.a, piece)
    if (random !== undefined) kernels.load(AREA.b, random.next(piece.length))
    const cut =
      random === undefined
        ? kernels.quantise(AREA.a, AREA.c, length, scale, limit)
        : kernels.quantiseStochastically(AREA.a, AREA.b, AREA.c, length, scale, limit)
    if (cut < 0) {
      kernels.wipe()
      throw new NotFiniteError('a value to be masked is infinite or not a number')
    }
    clipped += cut
    if (ring.width === 16) kernels.narrow(AREA.c, length)
    const [begin, end] = [at, at + piece.length].map((byte) => (byte / 32) * ring.width)
    kernels.store(AREA.c, to.subarray(begin, end))
  }
  kernels.wipe()
  return { words, clipped }
}

/** Words, of one sender or summed, to values: q · 2^−f, rounded once, to float32. */
export function dequantise(ring: Ring, words: Words): Float32Array<ArrayBuffer> {
  const values = new Float32Array(words.length)
  const [from, to] = [bytesOf(words), rawBytes(values)]
  const kernels = ringKernels()
  const pieceWords = PIECE_BYTES / FLOAT_BYTES
  for (let at = 0; at < words.length; at += pieceWords) {
    const length = loadWide(words.BYTES_PER_ELEMENT, from, at)
    kernels.dequantise(AREA.a, length, 2 ** -ring.fractionBits)
    kernels.store(AREA.a, to.subarray(at * FLOAT_BYTES, (at + pieceWords) * FLOAT_BYTES))
  }
  kernels.wipe()
  return values
}

/** sum += words, in place, modulo 2^w. */
export function addWords(sum: Words, words: Words): void {
  accumulate(sum, words, 1)
}

/** sum −= words, in place, modulo 2^w. */
export function subtractWords(sum: Words, words: Words): void {
  accumulate(sum, words, -1)
}

function accumulate(sum: Words, words: Words, sign: 1 | -1): void {
  if (sum.length !== words.length || sum.BYTES_PER_ELEMENT !== words.BYTES_PER_ELEMENT) {
    throw new InvalidWordsError('only vectors of one length and one width can be summed')
  }
  const [to, from] = [bytesOf(sum), bytesOf(words)]
  const kernels = ringKernels()
  for (let at = 0; at < to.length; at += PIECE_BYTES) {
    const piece = to.subarray(at, at + PIECE_BYTES)
    const length = kernels.load(AREA.a, piece)
    kernels.load(AREA.b, from.subarray(at, at + PIECE_BYTES))
    accumulateArea(sum.BYTES_PER_ELEMENT, length, sign)
    kernels.store(AREA.a, piece)
  }
  kernels.wipe()
}

/** Area a ± area b, into a. */
export function accumulateArea(wordBytes: number, length: number, sign: 1 | -1): void {
  const { add16, add32, subtract16, subtract32 } = ringKernels()
  if (wordBytes === 4) (sign === 1 ? add32 : subtract32)(AREA.a, AREA.b, length)
  else (sign === 1 ? add16 : subtract16)(AREA.a, AREA.b, length)
}

/**
 * Puts up to 16 384 words, from the word at index `at` on, into area a, as 32-bit words of either width.
 * @returns their length in bytes, padded with zeros
 */
export function loadWide(wordBytes: number, bytes: Uint8Array, at: number): number {
  const kernels = ringKernels()
  const pieceBytes = (PIECE_BYTES / 4) * wordBytes
  const piece = bytes.subarray(at * wordBytes, at * wordBytes + pieceBytes)
  if (wordBytes === 4) return kernels.load(AREA.a, piece)
  const length = kernels.load(AREA.c, piece)
  kernels.widen(AREA.c, AREA.a, length)
  return 2 * length
}

export function newWords(width: RingWidth, length: number): Words {
  return width === 32 ? new Int32Array(length) : new Int16Array(length)
}

/** The words' own bytes, not a copy, as they travel. */
export function bytesOf(words: Words): Uint8Array<ArrayBuffer> {
  return rawBytes(words)
}

/**
 * A copy of the words that these bytes spell.
 * @throws {InvalidWordsError} unless they are a whole number of words
 */
export function wordsOf(width: RingWidth, bytes: Uint8Array): Words {
  const length = (bytes.length * 8) / width
  if (!Number.isInteger(length)) {
    throw new InvalidWordsError(`${bytes.length} bytes are no whole number of ${width}-bit words`)
  }
  const words = newWords(width, length)
  rawBytes(words).set(bytes)
  return words
}

function rawBytes<B extends ArrayBufferLike>(array: {
  readonly buffer: B
  readonly byteOffset: number
  readonly byteLength: number
}): Uint8Array<B> {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
}
