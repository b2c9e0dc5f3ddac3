/**
 * Runs of floats, four lanes at a time. Addresses are byte offsets into the linear memory; counts are in floats.
 * No function here allocates: all memory belongs to the caller.
 */

export const FLOAT: usize = 4
export const VECTOR: usize = 16

/** a · b + c: one rounding where the machine has it (relaxed SIMD), two otherwise. */
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  else return f32x4.add(c, f32x4.mul(a, b))
}

@inline
export function sumOfLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  )
}

/** The first `count` lanes from memory, zeros in the others; `count` may exceed four. */
@inline
export function loadLanes(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadTail(from, count)
}

/**
 * Lanes to load of `left` values: for Lanes = v128 all four, as a constant, so that loops over rows of whole vectors
 * need not ask; for Lanes = f32 as many as are left.
 */
@inline
export function lanesLeft<Lanes>(left: i32): i32 {
  return sizeof<Lanes>() == VECTOR ? 4 : left
}

/** Stores the first `count` lanes; `count` may exceed four. */
@inline
export function storeLanes(to: usize, v: v128, count: i32): void {
  if (count >= 4) v128.store(to, v)
  else storeTail(to, v, count)
}

/** All ones in the first `count` lanes, zeros in the others. */
@inline
export function laneMask(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3))
}

function loadTail(from: usize, count: i32): v128 {
  let v = f32x4.splat(load<f32>(from))
  if (count > 1) v = f32x4.replace_lane(v, 1, load<f32>(from, 4))
  if (count > 2) v = f32x4.replace_lane(v, 2, load<f32>(from, 8))
  return v128.and(v, laneMask(count))
}

function storeTail(to: usize, v: v128, count: i32): void {
  store<f32>(to, f32x4.extract_lane(v, 0))
  if (count > 1) store<f32>(to, f32x4.extract_lane(v, 1), 4)
  if (count > 2) store<f32>(to, f32x4.extract_lane(v, 2), 8)
}

@inline
export function copyRun(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += VECTOR, from += VECTOR) v128.store(to, v128.load(from))
  for (; count > 0; count--, to += FLOAT, from += FLOAT) store<f32>(to, load<f32>(from))
}

@inline
export function zeroRun(to: usize, count: i32): void {
  const zero = f32x4.splat(0)
  for (; count >= 4; count -= 4, to += VECTOR) v128.store(to, zero)
  for (; count > 0; count--, to += FLOAT) store<f32>(to, 0)
}

/** to += from. */
@inline
export function addRun(to: usize, from: usize, count: i32): void {
  for (; count >= 4; count -= 4, to += VECTOR, from += VECTOR)
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
  for (; count > 0; count--, to += FLOAT, from += FLOAT)
    store<f32>(to, load<f32>(to) + load<f32>(from))
}
