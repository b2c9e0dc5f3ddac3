/**
 * Ascending indices as codes of their gaps, each at least 1; the first counts from −1. Bits come the most significant
 * of each byte first. The codes are described in `src/sharing/indices`: gap − 1 by Golomb and Rice with k low bits, or
 * the gap by Elias' γ.
 */
import { everywhere, NUMBER, VECTOR } from './lanes'
import {
  bitsFrom, CUT_OFF, DONE, ending, forgetLookups, LOOK, MOST, noteLookup, open, Run, runAt,
  timesLookedUp,
} from './runs'

/** Stands where k does and means γ. */
const GAMMA: i32 = 32

/** How reading may end, too. */
const BEYOND_SIZE: i32 = 3

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

/** Writes the code of the indices from `first` on, before `end`, and returns its bytes; up to seven behind them are zeroed. */
export function encodeRice(indices: usize, first: i32, end: i32, k: i32, to: usize): i32 {
  start(to)
  const low = (1 << k) - 1
  for (let i = first; i < end; ) {
    i = putShort(indices, i, end, k)
    if (i == end) break
    // A gap whose code is longer than 32 bits.
    const less1 = gapAt(indices, i) - 1
    putZeros(less1 >>> k)
    put(<u64>(<u32>(less1 & low)) | (<u64>1 << k), k + 1)
    i++
  }
  return <i32>(finish() - to)
}

@inline
function gapAt(indices: usize, place: i32): i32 {
  const at = indices + <usize>place * NUMBER
  return load<i32>(at) - (place == 0 ? -1 : load<i32>(at - NUMBER))
}

/** Writes as long as codes are short; returns the place of the index it stopped before. */
function putShort(indices: usize, first: i32, end: i32, k: i32): i32 {
  // Locals, which the processor keeps in registers.
  let accumulated = bits
  let free = 32 - pending
  let at = position
  const low = <u32>((1 << k) - 1)
  let previous = first == 0 ? -1 : load<i32>(indices + <usize>(first - 1) * NUMBER)
  let i = first
  for (; i < end; i++) {
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

/** The same. */
export function encodeGamma(indices: usize, first: i32, end: i32, to: usize): i32 {
  start(to)
  for (let i = first; i < end; i++) {
    const gap = gapAt(indices, i)
    const width = 31 - clz(gap)
    put(0, width)
    put(<u32>gap, width + 1)
  }
  return <i32>(finish() - to)
}

function start(to: usize): void {
  bits = 0
  pending = 0
  position = to
}

/** Returns where the bytes end. */
function finish(): usize {
  store<u64>(position, <u64>bswap<u32>(<u32>(bits << (32 - pending))))
  return position + ((pending + 7) >> 3)
}

/**
 * Several gaps at once: for the next ten bits, how many gaps end within them, how many bits these take, and the sums of
 * the first, the first two and so on up to eight. Beside it what these gaps add to the sums of `sumGaps`, two bytes each.
 */
const ENTRY: usize = 16
const COUNT_AT: usize = 8
const BITS_AT: usize = 9
const SUM_AT: usize = 10
/** With more low bits than these a sum would exceed a byte. */
const LARGEST_LOOKED_UP: i32 = 5
const TABLE: usize = 1024 * 16
/** For k from 0 to 5, and for γ; made when first needed. */
const tables: usize = memory.data(7 * 1024 * 16, 16)
const allShares: usize = memory.data(7 * 1024 * 8, 16)
const SHARE: usize = 8
let tablesMade: i32 = 0

/** The table for `code`; 0 where there is none. */
function tableOf(code: i32): usize {
  if (code > LARGEST_LOOKED_UP && code != GAMMA) return 0
  const place = placeOf(code)
  const table = tables + <usize>place * TABLE
  if ((tablesMade & (1 << place)) == 0) {
    for (let pattern = 0; pattern < 1 << LOOK; pattern++) look(pattern, code, table)
    tablesMade |= 1 << place
  }
  return table
}

@inline
function placeOf(code: i32): i32 {
  return code == GAMMA ? LARGEST_LOOKED_UP + 1 : code
}

/** What the gaps of a pattern add to the four sums. */
@inline
function shareOf(pattern: i32, code: i32): usize {
  return allShares + <usize>((placeOf(code) << LOOK) + pattern) * SHARE
}

/** The first k whose sums are known when gaps in `code` have been read. */
@inline
function firstKnown(code: i32): i32 {
  return min(29, max(0, code - 1))
}

function look(pattern: i32, code: i32, table: usize): void {
  const entry = table + <usize>pattern * ENTRY
  const share = shareOf(pattern, code)
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
    const gap = code == GAMMA ? value : (zeros << code) + (value & ((1 << code) - 1)) + 1
    sum += gap
    for (let j = 0; j < 4; j++) {
      const at = share + <usize>j * 2
      store<u16>(at, load<u16>(at) + <u16>addend(gap, firstKnown(code), j))
    }
    used += width
    store<u8>(entry + found, <u8>sum)
    found++
  }
  store<u8>(entry, <u8>found, COUNT_AT)
  store<u8>(entry, <u8>used, BITS_AT)
  store<u8>(entry, <u8>sum, SUM_AT)
}

/** What one gap adds to the sum j of those of `sumGaps`. */
@inline
function addend(gap: i64, k: i32, j: i32): i32 {
  return <i32>(j == 3 ? 63 - clz(gap) : (gap - 1) >> (k + j))
}

/** Adds what lookups have found. */
function addLookups(code: i32, sums: usize): void {
  for (let pattern = 0; pattern < 1 << LOOK; pattern++) {
    const times = timesLookedUp(pattern)
    if (times == 0) continue
    const share = shareOf(pattern, code)
    for (let j = 0; j < 4; j++) addTo(sums, j, times * load<u16>(share + <usize>j * 2))
  }
}

@inline
function addTo(sums: usize, j: i32, value: i32): void {
  const at = sums + <usize>j * NUMBER
  store<i32>(at, load<i32>(at) + value)
}

/**
 * Reads the indices of several runs, all below `size`. Every gap counts from the index before it, also where that is in
 * another run. `code` is k, or 32 for γ. Writes the sums of `sumGaps` for max(k − 1, 0), at most 29.
 */
export function decodeGaps(
  body: usize, length: i32, code: i32, told: usize, count: i32, size: i32, to: usize, sums: usize,
): i32 {
  open(body, length, told, count, to, NUMBER)
  v128.store(sums, i32x4.splat(0))
  forgetLookups()
  const table = tableOf(code)
  let isBusy = table != 0
  while (isBusy) {
    isBusy = false
    for (let place = 0; place < count; place++) {
      const run = runAt(place)
      if (run.left <= 3 * MOST) continue
      isBusy = true
      const error = readThrice(run, table) ? check(run, size) : readOne(run, code, size, sums)
      if (error != DONE) return error
    }
  }
  // Runs do not know where the one before them ended, until it has.
  let before: i64 = -1
  for (let place = 0; place < count; place++) {
    const run = runAt(place)
    while (run.left > 0) {
      const error = readOne(run, code, size, sums)
      if (error != DONE) return error
    }
    addEverywhere(to, run.to, <i32>before)
    before += run.total
    if (before >= size) return BEYOND_SIZE
    to = run.to
  }
  addLookups(code, sums)
  return ending(count)
}

@inline
function check(run: Run, size: i32): i32 {
  if (run.total > size) return BEYOND_SIZE
  return run.bit > run.end ? CUT_OFF : DONE
}

/** Three lookups, for which there must be room; false where the next gap is too long for the table. */
@inline
function readThrice(run: Run, table: usize): bool {
  let bit = run.bit
  let ahead = bitsFrom(bit)
  let total = <i32>run.total
  let to = run.to
  const start = to
  for (let turn = 0; turn < 3; turn++) {
    const pattern = <i32>(ahead >> (64 - LOOK))
    const entry = table + <usize>pattern * ENTRY
    const used = <u64>load<u8>(entry, BITS_AT)
    noteLookup(pattern)
    const base = i32x4.splat(total)
    const sums = i16x8.extend_low_i8x16_u(v128.load64_zero(entry))
    v128.store(to, i32x4.add(base, i32x4.extend_low_i16x8_u(sums)))
    v128.store(to, i32x4.add(base, i32x4.extend_high_i16x8_u(sums)), VECTOR)
    total += load<u8>(entry, SUM_AT)
    to += <usize>load<u8>(entry, COUNT_AT) * NUMBER
    ahead <<= used
    bit += used
  }
  run.bit = bit
  run.total = total
  run.to = to
  run.left -= <i32>((to - start) / NUMBER)
  return to != start
}

/** Reads one gap, however long. */
function readOne(run: Run, code: i32, size: i32, sums: usize): i32 {
  let ahead = bitsFrom(run.bit)
  let zeros: i64 = 0
  while (ahead >> 32 == 0) {
    zeros += 32
    run.bit += 32
    if (run.bit > run.end) return CUT_OFF
    ahead = bitsFrom(run.bit)
  }
  const more = clz(ahead)
  zeros += more
  run.bit += more
  if (code == GAMMA && zeros > 31) return BEYOND_SIZE
  const low = code == GAMMA ? <i32>zeros : code
  const value = <i64>(bitsFrom(run.bit) >> (63 - low))
  run.bit += low + 1
  const gap = code == GAMMA ? value : (zeros << code) + (value & ((<i64>1 << code) - 1)) + 1
  for (let j = 0; j < 4; j++) addTo(sums, j, addend(gap, firstKnown(code), j))
  run.total += gap
  store<i32>(run.to, <i32>run.total)
  run.to += NUMBER
  run.left--
  return check(run, size)
}

function addEverywhere(from: usize, end: usize, value: i32): void {
  const four = i32x4.splat(value)
  for (; from + VECTOR <= end; from += VECTOR) v128.store(from, i32x4.add(v128.load(from), four))
  for (; from < end; from += NUMBER) store<i32>(from, load<i32>(from) + value)
}
