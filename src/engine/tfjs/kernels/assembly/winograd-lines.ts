/**
 * The one-dimensional steps of Winograd's F(2, 5): two outputs of a filter of five taps from six inputs, by six
 * products instead of ten. With the interpolation points 0, 1, −1, 2, −2, ∞:
 *
 *   Bᵀ = 4  0 −5  0  1  0      G = 1/4 ·  1  0  0  0  0      Aᵀ = 1  1  1  1  1  0
 *        0 −4 −4  1  1  0         −1/6 ·  1  1  1  1  1           0  1 −1  2 −2  1
 *        0  4 −4 −1  1  0         −1/6 ·  1 −1  1 −1  1
 *        0 −2 −1  2  1  0         1/24 ·  1  2  4  8 16
 *        0  2 −1 −2  1  0         1/24 ·  1 −2  4 −8 16
 *        0  4  0 −5  0  1                 0  0  0  0  1
 *
 * Every function takes vectors (four channels) at from, from + fromStep, … and leaves its results at to, to + toStep
 * and so on.
 */
import { multiplyAdd } from './lanes'

/** Bᵀ: six inputs. */
@inline
export function inputLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from)
  const d1 = v128.load((from += fromStep))
  const d2 = v128.load((from += fromStep))
  const d3 = v128.load((from += fromStep))
  const d4 = v128.load((from += fromStep))
  const d5 = v128.load(from + fromStep)
  const four = f32x4.splat(4),
    less4 = f32x4.splat(-4),
    less5 = f32x4.splat(-5)
  const even = multiplyAdd(less4, d2, d4),
    odd = multiplyAdd(less4, d1, d3)
  const low = f32x4.sub(d4, d2),
    half = f32x4.sub(d3, d1)
  const high = f32x4.add(half, half)
  v128.store(to, multiplyAdd(four, d0, multiplyAdd(less5, d2, d4)))
  v128.store((to += toStep), f32x4.add(even, odd))
  v128.store((to += toStep), f32x4.sub(even, odd))
  v128.store((to += toStep), f32x4.add(low, high))
  v128.store((to += toStep), f32x4.sub(low, high))
  v128.store(to + toStep, multiplyAdd(four, d1, multiplyAdd(less5, d3, d5)))
}

/** G: five taps of a filter. */
@inline
export function filterLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from)
  const g1 = v128.load((from += fromStep))
  const g2 = v128.load((from += fromStep))
  const g3 = v128.load((from += fromStep))
  const g4 = v128.load(from + fromStep)
  const sixth = f32x4.splat(-1 / 6),
    part = f32x4.splat(1 / 24)
  const even = f32x4.add(g0, f32x4.add(g2, g4)),
    odd = f32x4.add(g1, g3)
  const evenAtTwo = multiplyAdd(
    f32x4.splat(16), g4, multiplyAdd(f32x4.splat(4), g2, g0),
  )
  const oddAtTwo = multiplyAdd(f32x4.splat(8), g3, f32x4.add(g1, g1))
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)))
  v128.store((to += toStep), f32x4.mul(sixth, f32x4.add(even, odd)))
  v128.store((to += toStep), f32x4.mul(sixth, f32x4.sub(even, odd)))
  v128.store((to += toStep), f32x4.mul(part, f32x4.add(evenAtTwo, oddAtTwo)))
  v128.store((to += toStep), f32x4.mul(part, f32x4.sub(evenAtTwo, oddAtTwo)))
  v128.store(to + toStep, g4)
}

/** Aᵀ: two outputs. */
@inline
export function outputLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const m0 = v128.load(from)
  const m1 = v128.load((from += fromStep))
  const m2 = v128.load((from += fromStep))
  const m3 = v128.load((from += fromStep))
  const m4 = v128.load((from += fromStep))
  const m5 = v128.load(from + fromStep)
  const atTwo = f32x4.sub(m3, m4)
  v128.store(to, f32x4.add(f32x4.add(m0, f32x4.add(m1, m2)), f32x4.add(m3, m4)))
  v128.store(
    to + toStep, f32x4.add(f32x4.add(f32x4.sub(m1, m2), f32x4.add(atTwo, atTwo)), m5),
  )
}

/** A: two outputs' gradients. */
@inline
export function slopeLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const s0 = v128.load(from),
    s1 = v128.load(from + fromStep)
  const twice = f32x4.add(s1, s1)
  v128.store(to, s0)
  v128.store((to += toStep), f32x4.add(s0, s1))
  v128.store((to += toStep), f32x4.sub(s0, s1))
  v128.store((to += toStep), f32x4.add(s0, twice))
  v128.store((to += toStep), f32x4.sub(s0, twice))
  v128.store(to + toStep, s1)
}

/** Gᵀ: five taps' gradients. */
@inline
export function tapLine(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const u0 = v128.load(from)
  const u1 = v128.load((from += fromStep))
  const u2 = v128.load((from += fromStep))
  const u3 = v128.load((from += fromStep))
  const u4 = v128.load((from += fromStep))
  const u5 = v128.load(from + fromStep)
  const sixth = f32x4.splat(-1 / 6),
    part = f32x4.splat(1 / 24)
  const even = f32x4.mul(sixth, f32x4.add(u1, u2)),
    odd = f32x4.mul(sixth, f32x4.sub(u1, u2))
  const evenAtTwo = f32x4.mul(part, f32x4.add(u3, u4)),
    oddAtTwo = f32x4.mul(part, f32x4.sub(u3, u4))
  v128.store(to, multiplyAdd(f32x4.splat(0.25), u0, f32x4.add(even, evenAtTwo)))
  v128.store((to += toStep), multiplyAdd(f32x4.splat(2), oddAtTwo, odd))
  v128.store((to += toStep), multiplyAdd(f32x4.splat(4), evenAtTwo, even))
  v128.store((to += toStep), multiplyAdd(f32x4.splat(8), oddAtTwo, odd))
  v128.store(to + toStep, f32x4.add(multiplyAdd(f32x4.splat(16), evenAtTwo, even), u5))
}
