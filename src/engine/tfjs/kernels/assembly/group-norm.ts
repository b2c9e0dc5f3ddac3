/**
 * Group normalisation (Wu & He, ECCV 2018, arXiv:1803.08494) of images P × C, with an optional ReLU, forward and
 * backward. Statistics over the P pixels and D = C/G channels of a group; `statistics` keeps mean and 1/σ of each
 * image's groups for the backward pass.
 */
import {
  addRun, FLOAT, laneMask, lanesLeft, loadLanes, multiplyAdd, storeLanes, sumOfLanes, zeroRun,
} from './lanes'

/** Images [begin, end): y = (x − mean) / √(variance + ε) · scale + shift. Scratch: 2 C floats. */
export function groupNorm(
  begin: i32, end: i32, scratch: usize, pixels: i32, channels: i32, groups: i32, epsilon: f32,
  relu: bool, x: usize, scale: usize, shift: usize, y: usize, statistics: usize,
): void {
  if ((channels / groups) % 4 == 0)
    normalise<v128>(
      begin, end, scratch, pixels, channels, groups, epsilon, relu, x, scale, shift, y,
      statistics,
    )
  else
    normalise<f32>(
      begin, end, scratch, pixels, channels, groups, epsilon, relu, x, scale, shift, y,
      statistics,
    )
}

function normalise<Lanes>(
  begin: i32, end: i32, scratch: usize, pixels: i32, channels: i32, groups: i32,
  epsilon: f32, relu: bool, x: usize, scale: usize, shift: usize, y: usize, statistics: usize,
): void {
  const row = <usize>channels * FLOAT
  const size = channels / groups
  const factors = scratch,
    offsets = scratch + row
  const floor = f32x4.splat(relu ? 0 : -Infinity)
  for (let image = begin; image < end; image++) {
    const shiftToImage = <usize>image * pixels * row
    for (let g = 0; g < groups; g++) {
      const kept = statistics + <usize>((image * groups + g) * 2) * FLOAT
      const first = <usize>(g * size) * FLOAT
      measure<Lanes>(x + shiftToImage + first, pixels, size, row, epsilon, kept)
      const mean = f32x4.splat(load<f32>(kept)),
        inverse = f32x4.splat(load<f32>(kept, 4))
      for (let c = 0; c < size; c += 4) {
        const at = first + <usize>c * FLOAT
        const factor = f32x4.mul(inverse, loadLanes(scale + at, size - c))
        storeLanes(factors + at, factor, size - c)
        storeLanes(
          offsets + at,
          f32x4.sub(loadLanes(shift + at, size - c), f32x4.mul(mean, factor)),
          size - c,
        )
      }
    }
    let from = x + shiftToImage,
      to = y + shiftToImage
    for (let p = 0; p < pixels; p++, from += row, to += row)
      for (let c = 0; c < channels; c += 4) {
        const at = <usize>c * FLOAT,
          left = lanesLeft<Lanes>(channels - c)
        const value = multiplyAdd(
          loadLanes(from + at, left),
          loadLanes(factors + at, left),
          loadLanes(offsets + at, left),
        )
        storeLanes(to + at, f32x4.max(value, floor), left)
      }
  }
}

/** Mean and 1/√(variance + ε) of one group, in two passes. */
function measure<Lanes>(
  x: usize, pixels: i32, size: i32, row: usize, epsilon: f32, to: usize,
): void {
  const share: f32 = 1 / <f32>(pixels * size)
  const mean = sumOfLanes(sumOver<Lanes>(x, pixels, size, row, f32x4.splat(0), false)) * share
  const squares = sumOfLanes(sumOver<Lanes>(x, pixels, size, row, f32x4.splat(mean), true))
  store<f32>(to, mean)
  store<f32>(to, 1 / sqrt<f32>(squares * share + epsilon), 4)
}

/** Σ x, or Σ (x − mean)². In two sums, since every addition waits for the one before it. */
@inline
function sumOver<Lanes>(
  x: usize, pixels: i32, size: i32, row: usize, mean: v128, squared: bool,
): v128 {
  let even = f32x4.splat(0),
    odd = f32x4.splat(0)
  let p = 0
  for (; p + 2 <= pixels; p += 2, x += 2 * row)
    for (let c = 0; c < size; c += 4) {
      const at = x + <usize>c * FLOAT,
        left = lanesLeft<Lanes>(size - c)
      even = addTo(even, at, left, mean, squared)
      odd = addTo(odd, at + row, left, mean, squared)
    }
  if (p < pixels)
    for (let c = 0; c < size; c += 4)
      even = addTo(even, x + <usize>c * FLOAT, lanesLeft<Lanes>(size - c), mean, squared)
  return f32x4.add(even, odd)
}

@inline
function addTo(sum: v128, at: usize, left: i32, mean: v128, squared: bool): v128 {
  if (!squared) return f32x4.add(sum, loadLanes(at, left))
  const centred = v128.and(f32x4.sub(loadLanes(at, left), mean), laneMask(left))
  return multiplyAdd(centred, centred, sum)
}

/**
 * Images [begin, end). With d the gradient that passes the ReLU and x̂ the normalised input:
 * dx = (d·scale − mean(d·scale) − x̂ · mean(d·scale·x̂)) / σ, means over the group. Each image's Σ d·x̂ and Σ d go to
 * `partial` (2 C floats an image), to be added in order of the images by `sumPartials`.
 */
export function groupNormGradient(
  begin: i32, end: i32, scratch: usize, pixels: i32, channels: i32, groups: i32, relu: bool,
  dy: usize, x: usize, y: usize, scale: usize, statistics: usize, dx: usize, partial: usize,
): void {
  if ((channels / groups) % 4 == 0)
    differentiate<v128>(
      begin, end, pixels, channels, groups, relu, dy, x, y, scale, statistics, dx, partial,
    )
  else
    differentiate<f32>(
      begin, end, pixels, channels, groups, relu, dy, x, y, scale, statistics, dx, partial,
    )
}

function differentiate<Lanes>(
  begin: i32, end: i32, pixels: i32, channels: i32, groups: i32, relu: bool,
  dy: usize, x: usize, y: usize, scale: usize, statistics: usize, dx: usize, partial: usize,
): void {
  const row = <usize>channels * FLOAT
  const size = channels / groups
  const share: f32 = 1 / <f32>(pixels * size)
  // y is compared with this: without a ReLU everything passes.
  const threshold = f32x4.splat(relu ? 0 : -Infinity)
  for (let image = begin; image < end; image++) {
    const dscale = partial + <usize>image * 2 * row,
      dshift = dscale + row
    for (let g = 0; g < groups; g++) {
      const first = <usize>(g * size) * FLOAT
      const at = <usize>image * pixels * row + first
      const kept = statistics + <usize>((image * groups + g) * 2) * FLOAT
      const mean = f32x4.splat(load<f32>(kept)),
        inverse = f32x4.splat(load<f32>(kept, 4))
      let sum = f32x4.splat(0),
        product = f32x4.splat(0)
      for (let c = 0; c < size; c += 4) {
        const left = lanesLeft<Lanes>(size - c)
        const channel = <usize>c * FLOAT
        let d = f32x4.splat(0),
          e = f32x4.splat(0)
        for (let p = 0, q = at + channel; p < pixels; p++, q += row) {
          const passed = v128.and(
            loadLanes(dy + q, left),
            f32x4.gt(loadLanes(y + q, left), threshold),
          )
          d = f32x4.add(d, passed)
          e = multiplyAdd(passed, f32x4.sub(loadLanes(x + q, left), mean), e)
        }
        e = f32x4.mul(e, inverse)
        storeLanes(dshift + first + channel, d, left)
        storeLanes(dscale + first + channel, e, left)
        const factor = loadLanes(scale + first + channel, left)
        sum = multiplyAdd(d, factor, sum)
        product = multiplyAdd(e, factor, product)
      }
      const meanGradient = f32x4.splat(sumOfLanes(sum) * share)
      const slope = f32x4.mul(f32x4.splat(sumOfLanes(product) * share), inverse)
      for (let p = 0, q = at; p < pixels; p++, q += row)
        for (let c = 0; c < size; c += 4) {
          const left = lanesLeft<Lanes>(size - c)
          const channel = <usize>c * FLOAT
          const passed = v128.and(
            loadLanes(dy + q + channel, left),
            f32x4.gt(loadLanes(y + q + channel, left), threshold),
          )
          const gradient = f32x4.sub(
            f32x4.mul(passed, loadLanes(scale + first + channel, left)),
            meanGradient,
          )
          const centred = f32x4.sub(loadLanes(x + q + channel, left), mean)
          storeLanes(
            dx + q + channel,
            f32x4.mul(inverse, f32x4.sub(gradient, f32x4.mul(centred, slope))),
            left,
          )
        }
    }
  }
}

/** dscale and dshift: the images' partial sums, added in their order. */
export function sumPartials(
  images: i32,
  channels: i32,
  partial: usize,
  dscale: usize,
  dshift: usize,
): void {
  const row = <usize>channels * FLOAT
  zeroRun(dscale, channels)
  zeroRun(dshift, channels)
  for (let image = 0; image < images; image++, partial += 2 * row) {
    addRun(dscale, partial, channels)
    addRun(dshift, partial + row, channels)
  }
}
