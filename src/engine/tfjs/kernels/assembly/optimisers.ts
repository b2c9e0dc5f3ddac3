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
  for (let i = begin * CHUNK; i < min(count, end * CHUNK); i += 4) {
    const at = <usize>i * FLOAT,
      left = count - i
    const weights = loadLanes(w + at, left)
    let step = f32x4.add(loadLanes(g + at, left), f32x4.mul(decays, weights))
    if (velocity != 0) {
      step = f32x4.add(f32x4.mul(momenta, loadLanes(velocity + at, left)), step)
      storeLanes(velocity + at, step, left)
    }
    storeLanes(w + at, f32x4.sub(weights, f32x4.mul(rates, step)), left)
  }
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
  for (let i = begin * CHUNK; i < min(count, end * CHUNK); i += 4) {
    const at = <usize>i * FLOAT,
      left = count - i
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
}
