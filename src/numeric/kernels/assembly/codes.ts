/**
 * Bytes in a Huffman code: `src/sharing/values/symbols.ts` describes the format. Bits come the most significant of each
 * byte first.
 */
import { NUMBER } from './lanes'
import {
  bitsFrom, CUT_OFF, ending, forgetLookups, LOOK, MOST, noteLookup, open, Run, runAt,
  timesLookedUp,
} from './runs'

/** Bits of the longest code. */
const LONGEST: i32 = 8

/** One histogram for every fourth byte: no count waits for the one just written. */
const histograms: usize = memory.data(4 * 256 * 4, 16)
const HISTOGRAM: usize = 256 * 4

/** How often each byte occurs, as 256 numbers. */
export function countBytes(from: usize, count: i32, to: usize): void {
  memory.fill(histograms, 0, 4 * HISTOGRAM)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const four = load<u32>(from + i)
    countAt(histograms, four & 0xff)
    countAt(histograms + HISTOGRAM, (four >>> 8) & 0xff)
    countAt(histograms + 2 * HISTOGRAM, (four >>> 16) & 0xff)
    countAt(histograms + 3 * HISTOGRAM, four >>> 24)
  }
  for (; i < count; i++) countAt(histograms, load<u8>(from + i))
  for (let at: usize = 0; at < HISTOGRAM; at += NUMBER) {
    const two = load<u32>(histograms + at) + load<u32>(histograms + at, HISTOGRAM)
    const others = load<u32>(histograms + at, 2 * HISTOGRAM) + load<u32>(histograms + at, 3 * HISTOGRAM)
    store<u32>(to + at, two + others)
  }
}

@inline
function countAt(histogram: usize, symbol: u32): void {
  const at = histogram + <usize>symbol * NUMBER
  store<u32>(at, load<u32>(at) + 1)
}

/**
 * Writes the codes of bytes, each given by its byte in 16 bits as 16 code + length, and returns how many bytes they take;
 * up to seven behind them are zeroed.
 */
export function writeCodes(from: usize, count: i32, codes: usize, to: usize): i32 {
  const start = to
  let bits: u64 = 0
  let free = 32
  let i = 0
  // Four codes have at most 32 bits.
  for (; i + 4 <= count; i += 4) {
    const four = load<u32>(from + i)
    const a = codeOf(four & 0xff, codes)
    const b = codeOf((four >>> 8) & 0xff, codes)
    const c = codeOf((four >>> 16) & 0xff, codes)
    const d = codeOf(four >>> 24, codes)
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
    const code = codeOf(load<u8>(from + i), codes)
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
function codeOf(symbol: u32, codes: usize): u32 {
  return load<u16>(codes + <usize>symbol * 2)
}

/**
 * For the next ten bits: which bytes' codes lie within them, up to eight of a byte each, how many those are, and the
 * bits of all of them and of the first.
 */
const table: usize = memory.data(1024 * 16, 16)
const ENTRY: usize = 16
const FOUND_AT: usize = 8
const BITS_AT: usize = 9
const FIRST_AT: usize = 10

/** Makes the table from one that gives the first code as 16 byte + length in 16 bits; no length is 0. */
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
 * Reads the bytes of several runs.
 *
 * @param first for each value of eight bits 16 byte + length of the code they begin with, in 16 bits
 * @param counts gets how often each of 256 bytes occurs, as numbers
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

/** A single byte, whose code is empty. */
function readSame(symbol: i32, count: i32, counts: usize): void {
  for (let place = 0; place < count; place++) {
    const run = runAt(place)
    memory.fill(run.to, <u8>symbol, <usize>run.left)
    store<i32>(counts + <usize>symbol * NUMBER, load<i32>(counts + <usize>symbol * NUMBER) + run.left)
  }
}

/** Counts the bytes that lookups have found. */
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
