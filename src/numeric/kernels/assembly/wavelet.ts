/**
 * The transform of `src/numeric/wavelet.ts`, four coefficients at a time. Lanes and single values compute every
 * expression in the same order, so that no coefficient depends on which of them made it.
 */
import { everywhere, NUMBER } from './lanes'

// (1 − √3) / 4√2 and so on, as the nearest floats.
const H0: f32 = -0.12940952255126034
const H1: f32 = 0.2241438680420134
const H2: f32 = 0.8365163037378077
const H3: f32 = 0.4829629131445341

/** The same for lanes. */
const TAPS: usize = memory.data<f32>(
  [-0.12940952255126034, 0.2241438680420134, 0.8365163037378077, 0.4829629131445341], 16,
)

/** Averages, and details, of `n` samples. */
@inline
function below(n: i32): i32 {
  return (n + 3) >> 1
}

/** How many coefficients `n` samples have. */
function coefficientsOf(n: i32, levels: i32): i32 {
  let details = 0
  for (; levels > 0; levels--) details += n = below(n)
  return details + n
}

/**
 * Coefficients, from coarse to fine, of `n` samples, at least one. `scratch` takes as many floats as there are
 * coefficients.
 */
export function forwardWavelet(x: usize, n: i32, levels: i32, to: usize, scratch: usize): void {
  let end = to + <usize>coefficientsOf(n, levels) * NUMBER
  if (levels == 0) memory.copy(to, x, <usize>n * NUMBER)
  for (; levels > 0; levels--) {
    const m = below(n)
    const averages = levels == 1 ? to : scratch
    end -= <usize>m * NUMBER
    analyse(x, n, averages, end)
    scratch += <usize>m * NUMBER
    x = averages
    n = m
  }
}

/** The `n` samples of these coefficients, with scratch memory as above. */
export function inverseWavelet(
  coefficients: usize, n: i32, levels: i32, to: usize, scratch: usize,
): void {
  if (levels == 0) memory.copy(to, coefficients, <usize>n * NUMBER)
  let averages = coefficients
  for (let level = levels; level > 0; level--) {
    let samples = n
    for (let finer = 1; finer < level; finer++) samples = below(samples)
    // Before the details of a level lies what the levels below make of its averages.
    const coarser = coefficientsOf(below(samples), levels - level)
    const x = level == 1 ? to : scratch
    synthesise(averages, coefficients + <usize>coarser * NUMBER, samples, x)
    scratch += <usize>samples * NUMBER
    averages = x
  }
}

/** averages[k] = Σ h[t] x[2k + 1 − t], details[k] = Σ g[t] x[2k + 1 − t]. */
function analyse(x: usize, n: i32, averages: usize, details: usize): void {
  const m = below(n)
  atBorder(x, n, 0, averages, details)
  const h0 = everywhere(TAPS)
  const h1 = everywhere(TAPS + 4)
  const h2 = everywhere(TAPS + 8)
  const h3 = everywhere(TAPS + 12)
  let k = 1
  // Four at a time while the last of their samples lies inside.
  for (; 2 * k + 7 < n; k += 4) {
    const at = x + <usize>(2 * k - 2) * NUMBER
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 8)
    const d = v128.load(at, 24)
    const x3 = evens(a, b)
    const x2 = odds(a, b)
    const x1 = evens(c, d)
    const x0 = odds(c, d)
    v128.store(
      averages + <usize>k * NUMBER,
      f32x4.add(
        f32x4.add(f32x4.mul(h0, x0), f32x4.mul(h1, x1)), f32x4.add(f32x4.mul(h2, x2), f32x4.mul(h3, x3)),
      ),
    )
    v128.store(
      details + <usize>k * NUMBER,
      f32x4.sub(
        f32x4.sub(f32x4.mul(h2, x1), f32x4.mul(h3, x0)), f32x4.sub(f32x4.mul(h1, x2), f32x4.mul(h0, x3)),
      ),
    )
  }
  for (; 2 * k + 1 < n; k++) {
    const at = x + <usize>(2 * k - 2) * NUMBER
    one(load<f32>(at, 12), load<f32>(at, 8), load<f32>(at, 4), load<f32>(at), k, averages, details)
  }
  for (; k < m; k++) atBorder(x, n, k, averages, details)
}

@inline
function evens(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6)
}

@inline
function odds(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7)
}

@inline
function one(x0: f32, x1: f32, x2: f32, x3: f32, k: i32, averages: usize, details: usize): void {
  const at = <usize>k * NUMBER
  store<f32>(averages + at, H0 * x0 + H1 * x1 + (H2 * x2 + H3 * x3))
  store<f32>(details + at, H2 * x1 - H3 * x0 - (H1 * x2 - H0 * x3))
}

/** Where a sample lies outside, its mirror image stands for it. */
function atBorder(x: usize, n: i32, k: i32, averages: usize, details: usize): void {
  const x0 = load<f32>(x + mirrored(2 * k + 1, n))
  const x1 = load<f32>(x + mirrored(2 * k, n))
  const x2 = load<f32>(x + mirrored(2 * k - 1, n))
  const x3 = load<f32>(x + mirrored(2 * k - 2, n))
  one(x0, x1, x2, x3, k, averages, details)
}

/** Offset of the sample that stands for position `i` of the mirrored continuation of `n` samples. */
function mirrored(i: i32, n: i32): usize {
  const period = 2 * n
  const within = ((i % period) + period) % period
  return <usize>(within < n ? within : period - 1 - within) * NUMBER
}

/** Where the number of samples is odd, the last that the bands would give does not exist. */
function synthesise(averages: usize, details: usize, n: i32, x: usize): void {
  const pairs = n >> 1
  const h0 = everywhere(TAPS)
  const h1 = everywhere(TAPS + 4)
  const h2 = everywhere(TAPS + 8)
  const h3 = everywhere(TAPS + 12)
  let k = 0
  for (; k + 4 <= pairs; k += 4) {
    const a = averages + <usize>k * NUMBER
    const d = details + <usize>k * NUMBER
    const to = x + <usize>(2 * k) * NUMBER
    const a0 = v128.load(a)
    const a1 = v128.load(a, 4)
    const d0 = v128.load(d)
    const d1 = v128.load(d, 4)
    const even = f32x4.add(
      f32x4.add(f32x4.mul(h3, a1), f32x4.mul(h1, a0)), f32x4.add(f32x4.mul(h0, d1), f32x4.mul(h2, d0)),
    )
    const odd = f32x4.sub(
      f32x4.add(f32x4.mul(h2, a1), f32x4.mul(h0, a0)), f32x4.add(f32x4.mul(h1, d1), f32x4.mul(h3, d0)),
    )
    v128.store(to, v128.shuffle<f32>(even, odd, 0, 4, 1, 5))
    v128.store(to, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16)
  }
  for (; k < pairs + (n & 1); k++) {
    const a = averages + <usize>k * NUMBER
    const d = details + <usize>k * NUMBER
    const to = x + <usize>(2 * k) * NUMBER
    const a0 = load<f32>(a)
    const a1 = load<f32>(a, 4)
    const d0 = load<f32>(d)
    const d1 = load<f32>(d, 4)
    store<f32>(to, H3 * a1 + H1 * a0 + (H0 * d1 + H2 * d0))
    if (k < pairs) store<f32>(to, H2 * a1 + H0 * a0 - (H1 * d1 + H3 * d0), 4)
  }
}
