/** Runs of numbers in the linear memory. Addresses are byte offsets, counts are in numbers of four bytes. */

export const NUMBER: usize = 4
export const VECTOR: usize = 16

/** Bits of a float32's magnitude: the sign bit is cleared. Magnitudes are ordered as these integers are. */
export const MAGNITUDE: i32 = 0x7fffffff
export const MAGNITUDES: usize = memory.data<i32>([0x7fffffff], 16)

/**
 * The number of four bytes at this address in all four lanes. What is read before a loop stays in a register, whereas V8
 * builds a constant anew each time that it is used.
 */
@inline
export function everywhere(at: usize): v128 {
  return v128.load32_splat(at)
}

/** Of four floats the first two. */
@inline
export function doubles(four: v128): v128 {
  return f64x2.promote_low_f32x4(four)
}

@inline
export function upper(four: v128): v128 {
  return v128.shuffle<f64>(four, four, 1, 1)
}

@inline
export function rounded(low: v128, high: v128): v128 {
  const first = f32x4.demote_f64x2_zero(low)
  const last = f32x4.demote_f64x2_zero(high)
  return v128.shuffle<f64>(first, last, 0, 2)
}

/** Four bytes as numbers. */
@inline
export function fourBytes(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)))
}

/** to = a − b. */
export function difference(a: usize, b: usize, count: i32, to: usize): void {
  for (; count >= 4; count -= 4, a += VECTOR, b += VECTOR, to += VECTOR) {
    v128.store(to, f32x4.sub(v128.load(a), v128.load(b)))
  }
  for (; count > 0; count--, a += NUMBER, b += NUMBER, to += NUMBER) {
    store<f32>(to, load<f32>(a) - load<f32>(b))
  }
}

/** to = a + b. */
export function sum(a: usize, b: usize, count: i32, to: usize): void {
  for (; count >= 4; count -= 4, a += VECTOR, b += VECTOR, to += VECTOR) {
    v128.store(to, f32x4.add(v128.load(a), v128.load(b)))
  }
  for (; count > 0; count--, a += NUMBER, b += NUMBER, to += NUMBER) {
    store<f32>(to, load<f32>(a) + load<f32>(b))
  }
}

/** For each byte of a word, and of four, the one that lies as far from its other end. */
const REVERSED: usize = memory.data<u8>(
  [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12], 16,
)

/** Zeros behind the bytes, and the bytes of every four in reverse: the first bit becomes a number's highest. */
export function swapWords(body: usize, length: i32): void {
  const reversed = v128.load(REVERSED)
  v128.store(body + length, i32x4.splat(0))
  for (let at = body; at < body + length; at += VECTOR) {
    v128.store(at, i8x16.swizzle(v128.load(at), reversed))
  }
}

/** Bits of the largest magnitude. */
export function largest(values: usize, count: i32): i32 {
  const magnitude = everywhere(MAGNITUDES)
  let most = i32x4.splat(0)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    most = i32x4.max_s(most, v128.and(v128.load(values + <usize>i * NUMBER), magnitude))
  }
  let result = largestLane(most)
  for (; i < count; i++) result = max(result, load<i32>(values + <usize>i * NUMBER) & MAGNITUDE)
  return result
}

@inline
export function largestLane(four: v128): i32 {
  return max(
    max(i32x4.extract_lane(four, 0), i32x4.extract_lane(four, 1)),
    max(i32x4.extract_lane(four, 2), i32x4.extract_lane(four, 3)),
  )
}
