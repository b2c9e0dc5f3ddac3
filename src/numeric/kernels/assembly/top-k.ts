/**
 * Exact selection of the largest magnitudes. A magnitude's 31 bits are looked at in three digits of 11, 10 and 10 bits:
 * a histogram of the first over all values says in which bin the last wanted one lies, and only that bin's values
 * are looked at again. A last pass writes the positions of all that reach the threshold.
 */
import { everywhere, largest, MAGNITUDE, MAGNITUDES, NUMBER, VECTOR } from './lanes'

const FIRST_BITS: i32 = 11
const DIGIT_BITS: i32 = 10
const FIRST_BINS: i32 = 1 << FIRST_BITS
const DIGIT_BINS: i32 = 1 << DIGIT_BITS
const INFINITE: i32 = 0x7f800000

const FOURS: usize = memory.data<i32>([4], 16)

/** Two histograms, of the values at even and at odd positions: no count waits for the one just written. */
const even: usize = memory.data(<i32>(1 << 11) * 4, 16)
const odd: usize = memory.data(<i32>(1 << 11) * 4, 16)

/** For each set of four lanes: where the bytes of those lanes lie, one lane after the other. */
const packing: usize = memory.data(16 * 16, 16)
for (let mask = 0; mask < 16; mask++) {
  let at = packing + <usize>mask * VECTOR
  for (let lane = 0; lane < 4; lane++) {
    if ((mask & (1 << lane)) == 0) continue
    store<u32>(at, 0x03020100 + 0x04040404 * lane)
    at += NUMBER
  }
}

/** Where the search for the threshold ended. */
let threshold: i32 = 0
/** From this position on, what equals the threshold is no longer wanted. */
let tiesEnd: i32 = 0

/**
 * Finds the bits of the `wanted`th largest magnitude of `count` values, 1 ≤ wanted ≤ count. `candidates` takes as many
 * numbers as there are values, and four more. Returns 0 where a value is NaN, else 1.
 */
export function findThreshold(values: usize, count: i32, wanted: i32, candidates: usize): i32 {
  if (largest(values, count) > INFINITE) return 0
  countFirstDigits(values, count)
  let bin = FIRST_BINS - 1
  for (let here = inBin(bin); here < wanted; here = inBin(bin)) {
    wanted -= here
    bin--
  }
  let left = keepBin(values, count, 2 * DIGIT_BITS, bin, candidates)
  threshold = bin
  for (let shift = DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
    countDigits(candidates, left, shift)
    let digit = DIGIT_BINS - 1
    for (let here = load<i32>(even + <usize>digit * NUMBER); here < wanted; ) {
      wanted -= here
      digit--
      here = load<i32>(even + <usize>digit * NUMBER)
    }
    threshold = (threshold << DIGIT_BITS) | digit
    left = keepBin(candidates, left, shift, threshold, candidates)
  }
  tiesEnd = wanted < left ? afterTies(values, wanted) : count
  return 1
}

/** Writes the positions of what `findThreshold` wanted, ascending, and room for three more is needed. */
export function writePositions(values: usize, count: i32, to: usize): void {
  const end = reaching(values, 0, tiesEnd, threshold, to)
  reaching(values, tiesEnd, count, threshold + 1, end)
}

function countFirstDigits(values: usize, count: i32): void {
  memory.fill(even, 0, <usize>FIRST_BINS * NUMBER)
  memory.fill(odd, 0, <usize>FIRST_BINS * NUMBER)
  const bins = <u64>(FIRST_BINS - 1) << 2
  let i = 0
  // Two at a time: bits 20 to 30 and 52 to 62, as offsets of numbers.
  for (; i + 2 <= count; i += 2) {
    const two = load<u64>(values + <usize>i * NUMBER)
    countAt(even + <usize>((two >> 18) & bins))
    countAt(odd + <usize>((two >> 50) & bins))
  }
  if (i < count) {
    countAt(even + <usize>((<u64>load<u32>(values + <usize>i * NUMBER) >> 18) & bins))
  }
}

@inline
function countAt(bin: usize): void {
  store<i32>(bin, load<i32>(bin) + 1)
}

@inline
function inBin(bin: i32): i32 {
  return load<i32>(even + <usize>bin * NUMBER) + load<i32>(odd + <usize>bin * NUMBER)
}

/** Counts by ten bits from `shift` on. */
function countDigits(values: usize, count: i32, shift: i32): void {
  memory.fill(even, 0, <usize>DIGIT_BINS * NUMBER)
  for (let i = 0; i < count; i++) {
    const digit = (load<i32>(values + <usize>i * NUMBER) >> shift) & (DIGIT_BINS - 1)
    countAt(even + <usize>digit * NUMBER)
  }
}

/** Keeps the magnitudes whose bits from `shift` on are `bin`; returns how many. May write where it reads. */
function keepBin(values: usize, count: i32, shift: i32, bin: i32, to: usize): i32 {
  const start = to
  const magnitude = everywhere(MAGNITUDES)
  const wanted = i32x4.splat(bin)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const four = v128.and(v128.load(values + <usize>i * NUMBER), magnitude)
    const mask = i32x4.bitmask(i32x4.eq(i32x4.shr_u(four, shift), wanted))
    v128.store(to, packed(four, mask))
    to += <usize>popcnt(mask) * NUMBER
  }
  for (; i < count; i++) {
    const one = load<i32>(values + <usize>i * NUMBER) & MAGNITUDE
    store<i32>(to, one)
    to += one >> shift == bin ? NUMBER : 0
  }
  return <i32>((to - start) >> 2)
}

@inline
function packed(four: v128, mask: i32): v128 {
  return i8x16.swizzle(four, v128.load(packing + <usize>mask * VECTOR))
}

/** The position after the `wanted`th value that equals the threshold. */
function afterTies(values: usize, wanted: i32): i32 {
  let i = 0
  for (; ; i += 4) {
    const here = popcnt(i32x4.bitmask(equals(values + <usize>i * NUMBER)))
    if (here >= wanted) break
    wanted -= here
  }
  for (; wanted > 0; i++) {
    if ((load<i32>(values + <usize>i * NUMBER) & MAGNITUDE) == threshold) wanted--
  }
  return i
}

@inline
function equals(at: usize): v128 {
  return i32x4.eq(v128.and(v128.load(at), i32x4.splat(MAGNITUDE)), i32x4.splat(threshold))
}

/** Positions in [begin, end) of magnitudes of at least `least`; returns where the next would be written. */
function reaching(values: usize, begin: i32, end: i32, least: i32, to: usize): usize {
  const magnitude = everywhere(MAGNITUDES)
  const below = i32x4.splat(least - 1)
  const step = everywhere(FOURS)
  let positions = i32x4.add(i32x4.splat(begin), i32x4(0, 1, 2, 3))
  let i = begin
  for (; i + 4 <= end; i += 4) {
    const four = v128.and(v128.load(values + <usize>i * NUMBER), magnitude)
    const mask = i32x4.bitmask(i32x4.gt_s(four, below))
    v128.store(to, packed(positions, mask))
    to += <usize>popcnt(mask) * NUMBER
    positions = i32x4.add(positions, step)
  }
  for (; i < end; i++) {
    store<i32>(to, i)
    to += (load<i32>(values + <usize>i * NUMBER) & MAGNITUDE) >= least ? NUMBER : 0
  }
  return to
}
