/**
 * Words as Huffman codes of their exponents and, behind these, their other bits as they are; the format is described in
 * `src/sharing/values/packing.ts`. A word has, from the most significant bit on, a sign or none, an exponent and a
 * mantissa. Bits come the most significant of each byte first.
 */
import { everywhere, NUMBER, VECTOR } from './lanes'
import {
  bitsFrom, CUT_OFF, ending, forgetLookups, LOOK, MOST, noteLookup, open, Run, runAt,
  timesLookedUp,
} from './runs'

/** Bits of the longest code. */
const LONGEST: i32 = 8

/** One histogram for every fourth word: no count waits for the one just written. */
const histograms: usize = memory.data(4 * 256 * 4, 16)
const HISTOGRAM: usize = 256 * 4

/** How often each exponent occurs, as 2^exponent numbers. */
export function countExponents(
  words: usize, count: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  memory.fill(histograms, 0, 4 * HISTOGRAM)
  const mask = (1 << exponent) - 1
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const at = words + <usize>i * NUMBER
    countAt(histograms, (load<u32>(at) >>> mantissa) & mask)
    countAt(histograms + HISTOGRAM, (load<u32>(at, 4) >>> mantissa) & mask)
    countAt(histograms + 2 * HISTOGRAM, (load<u32>(at, 8) >>> mantissa) & mask)
    countAt(histograms + 3 * HISTOGRAM, (load<u32>(at, 12) >>> mantissa) & mask)
  }
  for (; i < count; i++) {
    countAt(histograms, (load<u32>(words + <usize>i * NUMBER) >>> mantissa) & mask)
  }
  for (let symbol = 0; symbol <= mask; symbol++) {
    const at = histograms + <usize>symbol * NUMBER
    const two = load<u32>(at) + load<u32>(at, HISTOGRAM)
    const four = two + load<u32>(at, 2 * HISTOGRAM) + load<u32>(at, 3 * HISTOGRAM)
    store<u32>(to + <usize>symbol * NUMBER, four)
  }
}

@inline
function countAt(histogram: usize, symbol: u32): void {
  const at = histogram + <usize>symbol * NUMBER
  store<u32>(at, load<u32>(at) + 1)
}

/**
 * Writes the exponents' codes, each given by its exponent in 16 bits as 16 code + length, and returns their bytes; up to
 * seven behind them are zeroed.
 */
export function writeCodes(
  words: usize, count: i32, exponent: i32, mantissa: i32, codes: usize, to: usize,
): i32 {
  const start = to
  const mask = (1 << exponent) - 1
  let bits: u64 = 0
  let free = 32
  let i = 0
  // Four codes have at most 32 bits.
  for (; i + 4 <= count; i += 4) {
    const at = words + <usize>i * NUMBER
    const a = codeOf(load<u32>(at), mask, mantissa, codes)
    const b = codeOf(load<u32>(at, 4), mask, mantissa, codes)
    const c = codeOf(load<u32>(at, 8), mask, mantissa, codes)
    const d = codeOf(load<u32>(at, 12), mask, mantissa, codes)
    const ab = ((a >>> 4) << (b & 15)) | (b >>> 4)
    const cd = ((c >>> 4) << (d & 15)) | (d >>> 4)
    const widthCd = (c & 15) + (d & 15)
    const width = (a & 15) + (b & 15) + widthCd
    bits = (bits << width) | (<u64>ab << widthCd) | cd
    free -= width
    if (free <= 0) {
      store<u32>(to, bswap<u32>(<u32>(bits >> -free)))
      to += NUMBER
      free += 32
    }
  }
  for (; i < count; i++) {
    const code = codeOf(load<u32>(words + <usize>i * NUMBER), mask, mantissa, codes)
    bits = (bits << (code & 15)) | (code >>> 4)
    free -= code & 15
    if (free <= 0) {
      store<u32>(to, bswap<u32>(<u32>(bits >> -free)))
      to += NUMBER
      free += 32
    }
  }
  store<u64>(to, <u64>bswap<u32>(<u32>(bits << free)))
  return <i32>(to - start) + ((39 - free) >> 3)
}

@inline
function codeOf(word: u32, mask: u32, mantissa: i32, codes: usize): u32 {
  return load<u16>(codes + <usize>((word >>> mantissa) & mask) * 2)
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
 * For the next ten bits: which exponents' codes lie within them, up to eight of a byte each, how many those are, and the
 * bits of all of them and of the first.
 */
const table: usize = memory.data(1024 * 16, 16)
const ENTRY: usize = 16
const FOUND_AT: usize = 8
const BITS_AT: usize = 9
const FIRST_AT: usize = 10

/** Makes the table from one that gives the first code as 16 exponent + length in 16 bits; no length is 0. */
function lookAhead(first: usize): void {
  for (let pattern = 0; pattern < 1 << LOOK; pattern++) {
    const entry = table + <usize>pattern * ENTRY
    let used = 0
    let found = 0
    while (found < MOST) {
      const rest = ((pattern << used) & ((1 << LOOK) - 1)) >>> (LOOK - LONGEST)
      const one = load<u16>(first + <usize>rest * 2)
      const length = one & 15
      if (used + length > LOOK) break
      if (found == 0) store<u8>(entry, <u8>length, FIRST_AT)
      store<u8>(entry + found, <u8>(one >> 4))
      used += length
      found++
    }
    store<u8>(entry, <u8>found, FOUND_AT)
    store<u8>(entry, <u8>used, BITS_AT)
  }
}

/**
 * Reads the exponents of several runs.
 *
 * @param first for each value of eight bits 16 exponent + length of the code they begin with, in 16 bits
 * @param counts gets how often each of 256 exponents occurs, as numbers
 */
export function readCodes(
  body: usize, length: i32, first: usize, told: usize, count: i32, to: usize, counts: usize,
): i32 {
  memory.fill(counts, 0, HISTOGRAM)
  open(body, length, told, count, to, 1)
  if ((load<u16>(first) & 15) == 0) {
    readSame(load<u16>(first) >> 4, count, counts)
    return ending(count)
  }
  lookAhead(first)
  forgetLookups()
  for (let isBusy = true; isBusy; ) {
    isBusy = false
    for (let place = 0; place < count; place++) {
      const run = runAt(place)
      if (run.left <= 3 * MOST) continue
      isBusy = true
      if (run.bit > run.end) return CUT_OFF
      readThrice(run)
    }
  }
  for (let place = 0; place < count; place++) {
    const run = runAt(place)
    while (run.left > 0) {
      if (run.bit > run.end) return CUT_OFF
      readOne(run, counts)
    }
  }
  addLookups(counts)
  return ending(count)
}

/** Three lookups, for which there must be room. */
@inline
function readThrice(run: Run): void {
  let bit = run.bit
  let ahead = bitsFrom(bit)
  let to = run.to
  for (let turn = 0; turn < 3; turn++) {
    const pattern = <i32>(ahead >> (64 - LOOK))
    const entry = table + <usize>pattern * ENTRY
    const used = <u64>load<u8>(entry, BITS_AT)
    noteLookup(pattern)
    store<u64>(to, load<u64>(entry))
    to += <usize>load<u8>(entry, FOUND_AT)
    ahead <<= used
    bit += used
  }
  run.bit = bit
  run.left -= <i32>(to - run.to)
  run.to = to
}

@inline
function readOne(run: Run, counts: usize): void {
  const entry = table + <usize>(bitsFrom(run.bit) >> (64 - LOOK)) * ENTRY
  const symbol = load<u8>(entry)
  countAt(counts, symbol)
  store<u8>(run.to, symbol)
  run.to++
  run.left--
  run.bit += load<u8>(entry, FIRST_AT)
}

/** A single exponent, whose code is empty. */
function readSame(symbol: i32, count: i32, counts: usize): void {
  for (let place = 0; place < count; place++) {
    const run = runAt(place)
    memory.fill(run.to, <u8>symbol, <usize>run.left)
    store<i32>(counts + <usize>symbol * NUMBER, load<i32>(counts + <usize>symbol * NUMBER) + run.left)
  }
}

/** Counts the exponents that lookups have found. */
function addLookups(counts: usize): void {
  for (let pattern = 0; pattern < 1 << LOOK; pattern++) {
    const times = timesLookedUp(pattern)
    const entry = table + <usize>pattern * ENTRY
    const found = <i32>load<u8>(entry, FOUND_AT)
    for (let i = 0; i < found; i++) {
      const at = counts + <usize>load<u8>(entry + i) * NUMBER
      store<u32>(at, load<u32>(at) + times)
    }
  }
}

/**
 * Words from exponents, a byte each, and their other bits as `writeOthers` writes them; up to 16 bytes behind both are
 * read, and `to` is written up to the next multiple of four.
 */
export function joinWords(
  exponents: usize, count: i32, others: usize, sign: i32, exponent: i32, mantissa: i32, to: usize,
): void {
  if (isFloat32(sign, exponent, mantissa)) joinThreeBytes(exponents, count, others, to)
  else if (sign + mantissa == 0) widen(exponents, count, to)
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

function widen(exponents: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(to + <usize>i * NUMBER, fourBytes(exponents + i))
  }
}

@inline
function fourBytes(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)))
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
