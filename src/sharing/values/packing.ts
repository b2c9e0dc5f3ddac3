/**
 * Floating-point numbers of up to 32 bits without what their exponents do not need. Of a trained model's values the
 * exponents, 8 bits of a float32, carry about 2.5 bits of information, while signs and mantissas look random. So
 * exponents are written as symbols in a code of their own (`symbols.ts`), and behind them, as they are, the sign and
 * the mantissa of each word, filled up with zeros to whole bytes.
 */
import {
  type Address,
  copyBytes,
  copyIn,
  copyIntegers,
  inScratch,
  kernels,
  reserve,
  reserveNumbers,
} from '../../numeric/kernels.ts'
import { MalformedFrameError } from '../errors.ts'
import { lacksHighest, readSymbols, writeSymbols } from './symbols.ts'

/** From the most significant bit: the sign if there is one, the exponent of at most 8 bits, at most 24 bits mantissa. */
export interface WordFormat {
  readonly sign: 0 | 1
  readonly exponent: number
  readonly mantissa: number
}

/** @param words at least one, of the format's width */
export function pack(words: Uint32Array, { sign, exponent, mantissa }: WordFormat): Uint8Array {
  const count = words.length
  return inScratch(() => {
    const at = copyIn(words)
    const exponents = reserve(count)
    kernels.exponentsOf(at, count, exponent, mantissa, exponents)
    const others = Math.ceil((count * (sign + mantissa)) / 8)
    const { from, end } = writeSymbols(exponents, count, exponent, others)
    if (others > 0) kernels.writeOthers(at, count, sign, exponent, mantissa, end)
    return copyBytes(from, end + others - from)
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
  const width = sign + mantissa
  const start = bytes.length - Math.ceil((count * width) / 8)
  if (start < 0) throw new MalformedFrameError('values are cut off')
  requireZeros(bytes, 8 * start + count * width)
  const words = reserveNumbers(count)
  inScratch(() => {
    const exponents = readSymbols(bytes.subarray(0, start), count, exponent)
    const others = copyIn(bytes.subarray(start))
    kernels.joinWords(exponents, count, others, sign, exponent, mantissa, words)
  })
  return words
}

/** Whether the bytes, which could be unpacked, show by how they begin that no value is infinite or not a number. */
export function areAllFinite(bytes: Uint8Array, { exponent }: WordFormat): boolean {
  return lacksHighest(bytes, exponent)
}

/** @throws {MalformedFrameError} unless the last byte holds nothing but zeros behind these bits */
function requireZeros(bytes: Uint8Array, bits: number): void {
  const unused = 8 * bytes.length - bits
  if (((bytes.at(-1) ?? 0) & (2 ** unused - 1)) !== 0) {
    throw new MalformedFrameError('values end before their bytes')
  }
}
