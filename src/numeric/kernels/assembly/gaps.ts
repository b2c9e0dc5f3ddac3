/**
 * Ascending indices as codes of their gaps, each at least 1; the first counts from −1. Bits come the most significant
 * of each byte first. The codes are described in `src/sharing/indices`: gap − 1 by Golomb and Rice with k low bits, or
 * the gap by Elias' γ.
 */
import { everywhere, NUMBER, swapWords, VECTOR } from './lanes'

/** Stands where k does and means γ. */
const GAMMA: i32 = 32

/** How reading ended. */
const DONE: i32 = 0
const CUT_OFF: i32 = 1
const BEYOND_SIZE: i32 = 2
const LEFT_OVER: i32 = 3

const ONE: usize = memory.data<i32>([1], 16)
/** Exponent of the float 1. */
const BIAS: i32 = 127

/**
 * Sums over the gaps of `count` indices, as four unsigned integers: ⌊(gap − 1) / 2^j⌋ for j = k, k + 1 and k + 2, and
 * ⌊log₂ gap⌋.
 */
export function sumGaps(indices: usize, count: i32, k: i32, to: usize): void {
  let unary0 = i32x4.splat(0)
  let unary1 = unary0
  let unary2 = unary0
  let exponents = unary0
  const one = everywhere(ONE)
  // The gaps of four at a time; of the first index, which none precedes, as one of four with gaps of 1.
  let less1 = i32x4(load<i32>(indices), 0, 0, 0)
  let lanes = count > 0 ? 1 : 0
  let turns = 0
  for (let i = 0; i < count; turns++) {
    const runs0 = i32x4.shr_u(less1, k)
    const runs1 = i32x4.shr_u(runs0, 1)
    unary0 = i32x4.add(unary0, runs0)
    unary1 = i32x4.add(unary1, runs1)
    unary2 = i32x4.add(unary2, i32x4.shr_u(runs1, 1))
    const gap = i32x4.add(less1, one)
    // The second highest bit goes, so that no gap is rounded up to the next power of two.
    const power = f32x4.convert_i32x4_s(v128.andnot(gap, i32x4.shr_u(gap, 1)))
    exponents = i32x4.add(exponents, i32x4.shr_u(power, 23))
    i += lanes
    const at = indices + <usize>i * NUMBER
    less1 = i32x4.sub(i32x4.sub(v128.load(at), v128.load(at - NUMBER)), one)
    lanes = min(4, count - i)
    if (lanes < 4) less1 = v128.and(less1, i32x4.gt_s(i32x4.splat(lanes), i32x4(0, 1, 2, 3)))
  }
  store<i32>(to, total(unary0))
  store<i32>(to, total(unary1), 4)
  store<i32>(to, total(unary2), 8)
  store<i32>(to, total(exponents) - 4 * BIAS * turns, 12)
}

@inline
function total(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    (i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3))
  )
}

/** Bits not yet written are the lowest `pending` ones. */
let bits: u64 = 0
let pending: i32 = 0
let position: usize = 0

/** The lowest `width` bits, 0 to 32, of a `value` that has no others. */
@inline
function put(value: u64, width: i32): void {
  bits = (bits << width) | value
  pending += width
  if (pending >= 32) {
    pending -= 32
    store<u32>(position, bswap<u32>(<u32>(bits >> pending)))
    position += NUMBER
  }
}

function putZeros(count: i32): void {
  for (; count > 32; count -= 32) put(0, 32)
  put(0, count)
}

/** Writes k in a byte and the code; up to seven bytes behind it are zeroed. */
export function encodeRice(indices: usize, count: i32, k: i32, to: usize): void {
  start(to)
  put(k, 8)
  const low = (1 << k) - 1
  let previous = -1
  for (let i = 0; i < count; ) {
    i = putShort(indices, i, count, k)
    if (i == count) break
    // A gap whose code is longer than 32 bits.
    if (i > 0) previous = load<i32>(indices + <usize>(i - 1) * NUMBER)
    const less1 = load<i32>(indices + <usize>i * NUMBER) - previous - 1
    putZeros(less1 >>> k)
    put(<u64>(<u32>(less1 & low)) | (<u64>1 << k), k + 1)
    i++
  }
  finish()
}

/** Writes from the `first` index on, as long as codes are short; returns the index it stopped before. */
function putShort(indices: usize, first: i32, count: i32, k: i32): i32 {
  // Locals, which the processor keeps in registers.
  let accumulated = bits
  let free = 32 - pending
  let at = position
  const low = <u32>((1 << k) - 1)
  let previous = first == 0 ? -1 : load<i32>(indices + <usize>(first - 1) * NUMBER)
  let i = first
  for (; i < count; i++) {
    const index = load<i32>(indices + <usize>i * NUMBER)
    const less1 = <u32>(index - previous - 1)
    const width = (less1 >>> k) + k + 1
    if (width > 32) break
    accumulated = (accumulated << width) | (less1 & low) | (<u64>1 << k)
    free -= width
    if (free <= 0) {
      store<u32>(at, bswap<u32>(<u32>(accumulated >> -free)))
      at += NUMBER
      free += 32
    }
    previous = index
  }
  bits = accumulated
  pending = 32 - free
  position = at
  return i
}

/** Writes the code; up to seven bytes behind it are zeroed. */
export function encodeGamma(indices: usize, count: i32, to: usize): void {
  start(to)
  let previous = -1
  for (let i = 0; i < count; i++) {
    const index = load<i32>(indices + <usize>i * NUMBER)
    const gap = index - previous
    const width = 31 - clz(gap)
    put(0, width)
    put(<u32>gap, width + 1)
    previous = index
  }
  finish()
}

function start(to: usize): void {
  bits = 0
  pending = 0
  position = to
}

function finish(): void {
  store<u64>(position, <u64>bswap<u32>(<u32>(bits << (32 - pending))))
}

/**
 * Several gaps at once: for the next ten bits, how many gaps end within them, how many bits these take, and the sums of
 * the first, the first two and so on up to eight.
 */
const LOOK: i32 = 10
const ENTRY: usize = 16
const COUNT_AT: usize = 8
const BITS_AT: usize = 9
const SUM_AT: usize = 10
const MOST: i32 = 8
/** With more low bits than these a sum would exceed a byte. */
const LARGEST_LOOKED_UP: i32 = 5
const TABLE: usize = 1024 * 16
/** For k from 0 to 5, and for γ; made when first needed. */
const tables: usize = memory.data(7 * 1024 * 16, 16)
let tablesMade: i32 = 0

/** The table for `code`; 0 where there is none. */
function tableOf(code: i32): usize {
  if (code > LARGEST_LOOKED_UP && code != GAMMA) return 0
  const place = code == GAMMA ? LARGEST_LOOKED_UP + 1 : code
  const table = tables + <usize>place * TABLE
  if ((tablesMade & (1 << place)) == 0) {
    for (let pattern = 0; pattern < 1 << LOOK; pattern++) {
      look(pattern, code, table + <usize>pattern * ENTRY)
    }
    tablesMade |= 1 << place
  }
  return table
}

function look(pattern: i32, code: i32, entry: usize): void {
  let found = 0
  let sum = 0
  let used = 0
  while (found < MOST) {
    const rest = <u32>pattern << (32 - LOOK + used)
    const zeros = clz(rest)
    const low = code == GAMMA ? zeros : code
    const width = zeros + 1 + low
    if (rest == 0 || used + width > LOOK) break
    const value = (rest << zeros) >>> (31 - low)
    sum += code == GAMMA ? value : (zeros << code) + (value & ((1 << code) - 1)) + 1
    used += width
    store<u8>(entry + found, <u8>sum)
    found++
  }
  store<u8>(entry, <u8>found, COUNT_AT)
  store<u8>(entry, <u8>used, BITS_AT)
  store<u8>(entry, <u8>sum, SUM_AT)
}

/** The next bits, the first of them the highest; `valid` of them count, the others are zero. */
let window: u64 = 0
let valid: i32 = 0

/** At least 32 valid bits, zeros behind the end. */
@inline
function refill(): void {
  if (valid > 32) return
  window |= <u64>load<u32>(position) << (32 - valid)
  position += NUMBER
  valid += 32
}

@inline
function drop(count: i32): void {
  window <<= count
  valid -= count
}

/**
 * Reads `count` indices below `size` from `length` bytes and behind them 16 that may be overwritten; `to` has room for eight
 * more. `code` is k, whose byte is then skipped, or 32 for γ. Less than a byte may be left over, of zeros.
 */
export function decodeGaps(
  body: usize, length: i32, code: i32, count: i32, size: i32, to: usize,
): i32 {
  swapWords(body, length)
  window = 0
  valid = 0
  position = body
  refill()
  if (code != GAMMA) drop(8)
  const end = body + length
  const table = tableOf(code)
  index = -1
  for (let left = count; left > 0; left--) {
    if (table != 0 && left > 3 * MOST) {
      const read = readKnown(table, left, size, to)
      if (read < 0) return BEYOND_SIZE
      to += <usize>read * NUMBER
      left -= read
    }
    // One gap, however long.
    refill()
    let zeros: i64 = 0
    while (window >> 32 == 0) {
      if (position >= end + 8) return CUT_OFF
      zeros += 32
      drop(32)
      refill()
    }
    const run = <i32>clz(window)
    drop(run)
    refill()
    zeros += run
    if (code == GAMMA && zeros > 31) return BEYOND_SIZE
    const low = code == GAMMA ? <i32>zeros : code
    const value = <i64>(window >> (63 - low))
    drop(low + 1)
    index += code == GAMMA ? value : (zeros << code) + (value & ((<i64>1 << code) - 1)) + 1
    if (index >= size) return BEYOND_SIZE
    store<i32>(to, <i32>index)
    to += NUMBER
  }
  const unread = 8 * (<i32>end - <i32>position) + valid
  if (unread < 0) return CUT_OFF
  return unread >= 8 || window != 0 ? LEFT_OVER : DONE
}

/** The index read last. */
let index: i64 = -1

/**
 * Reads by the table, three times at once, until less than as many indices are left of `count` as that may give, or one
 * gap is too long for it. Returns how many were read, −1 on one that is not below `size`.
 */
function readKnown(table: usize, count: i32, size: i32, to: usize): i32 {
  // Locals, which the processor keeps in registers.
  let ahead = window
  let here = valid
  let at = position
  let last = index
  const start = to
  const end = to + <usize>(count - 3 * MOST) * NUMBER
  while (to < end) {
    // Refills without a branch, which nobody could predict: 32 bits are enough for three times ten.
    const few = (here - 33) >> 31
    ahead |= (<u64>load<u32>(at) << (32 - here)) & <u64>(<i64>few)
    at += few & NUMBER
    here += few & 32
    let found: usize = 0
    for (let turn = 0; turn < 3; turn++) {
      const entry = table + <usize>(ahead >> (64 - LOOK)) * ENTRY
      const used = <i32>load<u8>(entry, BITS_AT)
      const base = i32x4.splat(<i32>last)
      const sums = i16x8.extend_low_i8x16_u(v128.load64_zero(entry))
      v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(sums)))
      v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(sums)), VECTOR)
      found = load<u8>(entry, COUNT_AT)
      last += load<u8>(entry, SUM_AT)
      to += found * NUMBER
      ahead <<= used
      here -= used
    }
    if (last >= size) return -1
    if (found == 0) break
  }
  window = ahead
  valid = here
  position = at
  index = last
  return <i32>((to - start) / NUMBER)
}
