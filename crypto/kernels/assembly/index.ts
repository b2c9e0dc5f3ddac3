/**
 * Arithmetic on vectors in Z/2^32 and Z/2^16, four or eight lanes at a time. Lengths are in bytes; the host
 * pads with zeros to a multiple of 32.
 */

const VECTOR: usize = 16

/** Bits of a float's magnitude. What is read before a loop stays in a register; V8 builds a constant anew each time. */
const MAGNITUDE: usize = memory.data<i32>([0x7fffffff], 16)

/** a += b in Z/2^32. */
export function add32(a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += VECTOR, b += VECTOR) {
    v128.store(a, i32x4.add(v128.load(a), v128.load(b)))
  }
}

/** a −= b in Z/2^32. */
export function subtract32(a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += VECTOR, b += VECTOR) {
    v128.store(a, i32x4.sub(v128.load(a), v128.load(b)))
  }
}

/** a += b in Z/2^16. */
export function add16(a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += VECTOR, b += VECTOR) {
    v128.store(a, i16x8.add(v128.load(a), v128.load(b)))
  }
}

/** a −= b in Z/2^16. */
export function subtract16(a: usize, b: usize, bytes: usize): void {
  for (const end = a + bytes; a < end; a += VECTOR, b += VECTOR) {
    v128.store(a, i16x8.sub(v128.load(a), v128.load(b)))
  }
}

/**
 * floats → words: clamp(nearest(x · scale), ±limit), halves to the even integer. The scale is a power of two,
 * so that the product is exact. Returns how many were clamped, or −1 if any value is infinite or not a number.
 */
export function quantise(values: usize, words: usize, bytes: usize, scale: f32, limit: i32): i32 {
  return allWithin(values, words, bytes, scale, limit)
    ? 0
    : quantiseClamping(values, words, bytes, scale, limit)
}

/**
 * As it nearly always is: nothing to clamp. Half the work. False, with words of no meaning, if some value is
 * too large.
 */
function allWithin(values: usize, words: usize, bytes: usize, scale: f32, limit: i32): bool {
  const scales = f32x4.splat(scale)
  const magnitudes = v128.load32_splat(MAGNITUDE)
  let most = i32x4.splat(0)
  for (const end = values + bytes; values < end; values += VECTOR, words += VECTOR) {
    const y = f32x4.mul(v128.load(values), scales)
    most = i32x4.max_s(most, v128.and(y, magnitudes))
    v128.store(words, i32x4.trunc_sat_f32x4_s(f32x4.nearest(y)))
  }
  // A little less than the limit, which itself may not be a float32; what is between goes the longer way.
  const bound = <f32>(<f64>limit * (1.0 - 1.0 / 4194304.0))
  // Magnitudes are ordered as their bits are, and what is not a number comes last.
  return i32x4.all_true(i32x4.le_s(most, i32x4.splat(reinterpret<i32>(bound))))
}

function quantiseClamping(
  values: usize, words: usize, bytes: usize, scale: f32, limit: i32,
): i32 {
  const scales = f32x4.splat(scale)
  let clipped = i32x4.splat(0)
  let broken = i32x4.splat(0)
  for (const end = values + bytes; values < end; values += VECTOR, words += VECTOR) {
    const x = v128.load(values)
    broken = v128.or(broken, notFinite(x))
    // What exceeds an i32 saturates, and is then clamped.
    const q = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, scales)))
    const kept = clamp(q, limit)
    clipped = i32x4.sub(clipped, i32x4.ne(q, kept))
    v128.store(words, kept)
  }
  return v128.any_true(broken) ? -1 : sum(clipped)
}

/**
 * As `quantise`, but rounds up with a probability equal to the fraction: q = ⌊y⌋ + [u < y − ⌊y⌋], where u is
 * the upper 24 bits of a random word.
 */
export function quantiseStochastically(
  values: usize, random: usize, words: usize, bytes: usize, scale: f32, limit: i32,
): i32 {
  const scales = f32x4.splat(scale)
  const unit = f32x4.splat(<f32>(1.0 / 16777216.0))
  let clipped = i32x4.splat(0)
  let broken = i32x4.splat(0)
  for (let i: usize = 0; i < bytes; i += VECTOR) {
    const x = v128.load(values + i)
    broken = v128.or(broken, notFinite(x))
    const y = f32x4.mul(x, scales)
    const floor = f32x4.floor(y)
    const u = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(v128.load(random + i), 8)), unit)
    // A comparison gives −1 where it holds. Above 2^24 there is no fraction: nothing is added to a saturated floor.
    const q = i32x4.sub(i32x4.trunc_sat_f32x4_s(floor), f32x4.lt(u, f32x4.sub(y, floor)))
    const kept = clamp(q, limit)
    clipped = i32x4.sub(clipped, i32x4.ne(q, kept))
    v128.store(words + i, kept)
  }
  return v128.any_true(broken) ? -1 : sum(clipped)
}

/** 32-bit words → 16-bit words, at the same place. */
export function narrow(words: usize, bytes: usize): void {
  let to = words
  for (const end = words + bytes; words < end; words += 2 * VECTOR, to += VECTOR) {
    v128.store(to, i16x8.narrow_i32x4_s(v128.load(words), v128.load(words, VECTOR)))
  }
}

/** 16-bit words at `from` → 32-bit words at `to`; `bytes` of the narrow ones. */
export function widen(from: usize, to: usize, bytes: usize): void {
  for (const end = from + bytes; from < end; from += VECTOR, to += 2 * VECTOR) {
    const words = v128.load(from)
    v128.store(to, i32x4.extend_low_i16x8_s(words))
    v128.store(to, i32x4.extend_high_i16x8_s(words), VECTOR)
  }
}

/** words → floats in place: q · scale. */
export function dequantise(words: usize, bytes: usize, scale: f32): void {
  const scales = f32x4.splat(scale)
  for (const end = words + bytes; words < end; words += VECTOR) {
    v128.store(words, f32x4.mul(f32x4.convert_i32x4_s(v128.load(words)), scales))
  }
}

/** Σ a · b mod 2^32. */
export function dot(a: usize, b: usize, bytes: usize): i32 {
  let total = i32x4.splat(0)
  for (const end = a + bytes; a < end; a += VECTOR, b += VECTOR) {
    total = i32x4.add(total, i32x4.mul(v128.load(a), v128.load(b)))
  }
  return sum(total)
}

@inline
function clamp(words: v128, limit: i32): v128 {
  return i32x4.min_s(i32x4.max_s(words, i32x4.splat(-limit)), i32x4.splat(limit))
}

/** −1 in the lanes whose exponent is all ones. */
@inline
function notFinite(x: v128): v128 {
  const exponent = i32x4.splat(0x7f800000)
  return i32x4.eq(v128.and(x, exponent), exponent)
}

@inline
function sum(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3)
  )
}
