/**
 * Words taken apart into exponents, a byte each, and their other bits as they are, and put together again:
 * `src/sharing/values/packing.ts`. A word has, from the most significant bit on, a sign or none, an exponent and a
 * mantissa. Bits come the most significant of each byte first.
 */
import { everywhere, fourBytes, NUMBER, VECTOR } from './lanes'

/** The exponents, a byte each; up to 60 bytes behind the words are read and 15 behind `to` written. */
export function exponentsOf(
  words: usize, count: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  const mask = i32x4.splat((1 << exponent) - 1)
  for (let i = 0; i < count; i += 16, words += 4 * VECTOR) {
    const a = exponentsAt(words, mantissa, mask)
    const b = exponentsAt(words + VECTOR, mantissa, mask)
    const c = exponentsAt(words + 2 * VECTOR, mantissa, mask)
    const d = exponentsAt(words + 3 * VECTOR, mantissa, mask)
    const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(a, b), i16x8.narrow_i32x4_u(c, d))
    v128.store(to + i, bytes)
  }
}

@inline
function exponentsAt(words: usize, mantissa: i32, mask: v128): v128 {
  return v128.and(i32x4.shr_u(v128.load(words), mantissa), mask)
}

/** What words of a sign, eight bits of exponent and 23 of mantissa have besides their exponents, in lanes. */
const LOW_23: usize = memory.data<i32>([0x7fffff], 16)
const BIT_23: usize = memory.data<i32>([0x800000], 16)
/** The three lower bytes of each word, the highest first; and where these lie among twelve. Bytes from 16 on are zeros. */
const TO_THREE: usize = memory.data<u8>([2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 16, 16, 16, 16], 16)
const FROM_THREE: usize = memory.data<u8>([2, 1, 0, 16, 5, 4, 3, 16, 8, 7, 6, 16, 11, 10, 9, 16], 16)

@inline
function isFloat32(sign: i32, exponent: i32, mantissa: i32): bool {
  return sign == 1 && exponent == 8 && mantissa == 23
}

/** Writes sign and mantissa of each word; up to 15 bytes behind them are overwritten. */
export function writeOthers(
  words: usize, count: i32, sign: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  if (isFloat32(sign, exponent, mantissa)) writeThreeBytes(words, count, to)
  else writeBits(words, count, sign, exponent, mantissa, to)
}

function writeThreeBytes(words: usize, count: i32, to: usize): void {
  const low = everywhere(LOW_23)
  const high = everywhere(BIT_23)
  const order = v128.load(TO_THREE)
  for (let i = 0; i < count; i += 4, to += 12) {
    const four = v128.load(words + <usize>i * NUMBER)
    const others = v128.or(v128.and(i32x4.shr_u(four, 8), high), v128.and(four, low))
    v128.store(to, i8x16.swizzle(others, order))
  }
}

function writeBits(
  words: usize, count: i32, sign: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  const width = sign + mantissa
  const low = (1 << mantissa) - 1
  const high = sign << mantissa
  let bits: u64 = 0
  let free = 32
  for (let i = 0; i < count; i++) {
    const word = load<i32>(words + <usize>i * NUMBER)
    bits = (bits << width) | <u32>(((word >>> exponent) & high) | (word & low))
    free -= width
    if (free <= 0) {
      store<u32>(to, bswap<u32>(<u32>(bits >> -free)))
      to += NUMBER
      free += 32
    }
  }
  store<u32>(to, bswap<u32>(<u32>(bits << free)))
}

/**
 * Words from exponents, a byte each, and their other bits as `writeOthers` writes them; up to 16 bytes behind both are
 * read, and `to` is written up to the next multiple of four.
 */
export function joinWords(
  exponents: usize, count: i32, others: usize, sign: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  if (isFloat32(sign, exponent, mantissa)) joinThreeBytes(exponents, count, others, to)
  else joinBits(exponents, count, others, sign, exponent, mantissa, to)
}

function joinThreeBytes(exponents: usize, count: i32, others: usize, to: usize): void {
  const low = everywhere(LOW_23)
  const high = everywhere(BIT_23)
  const order = v128.load(FROM_THREE)
  for (let i = 0; i < count; i += 4, others += 12) {
    const rest = i8x16.swizzle(v128.load(others), order)
    const joined = v128.or(i32x4.shl(v128.and(rest, high), 8), v128.and(rest, low))
    const four = i32x4.shl(fourBytes(exponents + i), 23)
    v128.store(to + <usize>i * NUMBER, v128.or(joined, four))
  }
}

function joinBits(
  exponents: usize, count: i32, others: usize, sign: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  const width = sign + mantissa
  const low = i32x4.splat((1 << mantissa) - 1)
  const high = i32x4.splat(sign << mantissa)
  let bit: u64 = 0
  for (let i = 0; i < count; i += 4, bit += 4 * width) {
    const rest = i32x4(
      bitsAt(others, bit, width),
      bitsAt(others, bit + width, width),
      bitsAt(others, bit + 2 * width, width),
      bitsAt(others, bit + 3 * width, width),
    )
    const joined = v128.or(i32x4.shl(v128.and(rest, high), exponent), v128.and(rest, low))
    const four = i32x4.shl(fourBytes(exponents + i), mantissa)
    v128.store(to + <usize>i * NUMBER, v128.or(joined, four))
  }
}

/** `width` bits, 1 to 24, from a bit on. */
@inline
function bitsAt(from: usize, bit: u64, width: i32): i32 {
  const four = bswap<u32>(load<u32>(from + <usize>(bit >> 3)))
  return <i32>((four << <u32>(bit & 7)) >>> (32 - width))
}
