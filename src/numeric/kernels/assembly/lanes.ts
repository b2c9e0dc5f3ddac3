/** Runs of numbers in the linear memory. Addresses are byte offsets, counts are in numbers of four bytes. */

export const NUMBER: usize = 4
export const VECTOR: usize = 16

/** Bits of a float32's magnitude: the sign bit is cleared. Magnitudes are ordered as these integers are. */
export const MAGNITUDE: i32 = 0x7fffffff

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
