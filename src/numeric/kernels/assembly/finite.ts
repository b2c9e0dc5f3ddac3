/** Numbers that are neither NaN nor infinite. */
import { everywhere, NUMBER } from './lanes'

/** Those have all bits of their exponent set. */
const EXPONENT: i32 = 0x7f800000
const EXPONENTS: usize = memory.data<i32>([0x7f800000], 16)

/** 1 where all values are finite, else 0. */
export function allFinite(values: usize, count: i32): i32 {
  const exponent = everywhere(EXPONENTS)
  let wrong = i32x4.splat(0)
  let i = 0
  for (; i + 4 <= count; i += 4) {
    const bits = v128.and(v128.load(values + <usize>i * NUMBER), exponent)
    wrong = v128.or(wrong, i32x4.eq(bits, exponent))
  }
  for (; i < count; i++) {
    if ((load<i32>(values + <usize>i * NUMBER) & EXPONENT) == EXPONENT) return 0
  }
  return v128.any_true(wrong) ? 0 : 1
}
