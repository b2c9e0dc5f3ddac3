/** Updates in place; chunks [begin, end) of `count` floats as in elementwise.ts. The rules are PyTorch's. */
import { CHUNK } from './elementwise'
import { FLOAT, loadLanes, storeLanes } from './lanes'

/** g ← g + λ w;  v ← μ v + g;  w ← w − lr v.  Without `velocity` (address 0): w ← w − lr g. */
export function sgd(
  begin: i32, end: i32, scratch: usize, count: i32, w: usize, g: usize, velocity: usize, rate: f32,
  momentum: f32, decay: f32,
): void {
  const rates = f32x4.splat(rate),
    momenta = f32x4.splat(momentum),
    decays = f32x4.splat(decay)
  const last = min(count, end * CHUNK)
  let i = begin * CHUNK
  // A constant number of lanes spares the loop the question of how many are left.
  for (; i + 4 <= last; i += 4)
    sgdLanes(<usize>i * FLOAT, 4, w, g, velocity, rates, momenta, decays)
  if (i < last) sgdLanes(<usize>i * FLOAT, last - i, w, g, velocity, rates, momenta, decays)
}

@inline
function sgdLanes(
  at: usize, left: i32, w: usize, g: usize, velocity: usize, rates: v128, momenta: v128,
  decays: v128,
): void {
  const weights = loadLanes(w + at, left)
  let step = f32x4.add(loadLanes(g + at, left), f32x4.mul(decays, weights))
  if (velocity != 0) {
    step = f32x4.add(f32x4.mul(momenta, loadLanes(velocity + at, left)), step)
    storeLanes(velocity + at, step, left)
  }
  storeLanes(w + at, f32x4.sub(weights, f32x4.mul(rates, step)), left)
}

/**
 * Adam (Kingma & Ba, ICLR 2015, algorithm 1). `correction1` = 1 / (1 − β₁ᵗ), `correction2` = 1 / (1 − β₂ᵗ);
 * `rest1` = 1 − β₁ and `rest2` = 1 − β₂, subtracted before rounding to single precision.
 */
export function adam(
  begin: i32, end: i32, scratch: usize, count: i32, w: usize, g: usize, first: usize, second: usize,
  rate: f32, beta1: f32, beta2: f32, rest1: f32, rest2: f32, epsilon: f32, decay: f32,
  correction1: f32, correction2: f32,
): void {
  const steps = f32x4.splat(rate * correction1),
    corrections = f32x4.splat(correction2)
  const beta1s = f32x4.splat(beta1),
    rest1s = f32x4.splat(rest1)
  const beta2s = f32x4.splat(beta2),
    rest2s = f32x4.splat(rest2)
  const epsilons = f32x4.splat(epsilon),
    decays = f32x4.splat(decay)
  const last = min(count, end * CHUNK)
  let i = begin * CHUNK
  for (; i + 4 <= last; i += 4)
    adamLanes(
      <usize>i * FLOAT, 4, w, g, first, second, steps, corrections, beta1s, rest1s, beta2s, rest2s,
      epsilons, decays,
    )
  if (i < last)
    adamLanes(
      <usize>i * FLOAT, last - i, w, g, first, second, steps, corrections, beta1s, rest1s, beta2s,
      rest2s, epsilons, decays,
    )
}

@inline
function adamLanes(
  at: usize, left: i32, w: usize, g: usize, first: usize, second: usize, steps: v128,
  corrections: v128, beta1s: v128, rest1s: v128, beta2s: v128, rest2s: v128, epsilons: v128,
  decays: v128,
): void {
  const weights = loadLanes(w + at, left)
  const gradient = f32x4.add(loadLanes(g + at, left), f32x4.mul(decays, weights))
  const m = f32x4.add(f32x4.mul(beta1s, loadLanes(first + at, left)), f32x4.mul(rest1s, gradient))
  const v = f32x4.add(
    f32x4.mul(beta2s, loadLanes(second + at, left)),
    f32x4.mul(rest2s, f32x4.mul(gradient, gradient)),
  )
  storeLanes(first + at, m, left)
  storeLanes(second + at, v, left)
  const size = f32x4.add(f32x4.sqrt(f32x4.mul(v, corrections)), epsilons)
  storeLanes(w + at, f32x4.sub(weights, f32x4.div(f32x4.mul(steps, m), size)), left)
}
