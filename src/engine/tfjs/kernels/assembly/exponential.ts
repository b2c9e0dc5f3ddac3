/**
 * exp, tanh and the logistic function, four lanes at a time, and log, by the polynomials of the Cephes library
 * (S. Moshier). The standard library's log would bring a table, hence static data, into a memory that is not ours.
 */

/** Relative error below 2⁻²²; clamped to the range of normal numbers. */
@inline
export function exponential(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(88.0)), f32x4.splat(-87.0))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)))
  // x − n ln 2, with ln 2 in two parts so that the first product is exact.
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  x = f32x4.add(x, f32x4.mul(n, f32x4.splat(2.1219444e-4)))
  let p = f32x4.splat(1.98756915e-4)
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(0.5))
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, x), x), x), f32x4.splat(1))
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23))
}

@inline
export function logistic(x: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))))
}

/** Near zero the quotient would cancel, so an odd polynomial takes over there. */
@inline
export function hyperbolicTangent(x: v128): v128 {
  const one = f32x4.splat(1)
  const far = f32x4.sub(
    one,
    f32x4.div(f32x4.splat(2), f32x4.add(one, exponential(f32x4.add(x, x)))),
  )
  const z = f32x4.mul(x, x)
  let p = f32x4.splat(-5.70498872745e-3)
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1))
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1))
  const near = f32x4.add(x, f32x4.mul(f32x4.mul(p, z), x))
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)))
}

/** Of a positive normal number. */
export function logarithm(x: f32): f32 {
  // x = m · 2ᵉ with m between √½ and √2.
  const bits = reinterpret<i32>(x)
  let e = (bits >> 23) - 126
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f000000)
  if (m < 0.70710678) {
    e--
    m += m
  }
  m -= 1
  const z = m * m
  let p: f32 = 7.0376836292e-2
  p = p * m - 1.151461031e-1
  p = p * m + 1.167699874e-1
  p = p * m - 1.2420140846e-1
  p = p * m + 1.4249322787e-1
  p = p * m - 1.6668057665e-1
  p = p * m + 2.0000714765e-1
  p = p * m - 2.4999993993e-1
  p = p * m + 3.3333331174e-1
  const rest = p * m * z - <f32>2.1219444e-4 * <f32>e - <f32>0.5 * z
  return m + rest + <f32>0.693359375 * <f32>e
}
