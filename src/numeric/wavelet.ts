/**
 * Discrete wavelet transform of one signal with the filters of I. Daubechies (1988) with two vanishing moments,
 * which are also the symlets of that order ("db2", "sym2").
 *
 * One level maps N samples to ⌊(N + 3)/2⌋ averages a and as many details d,
 *
 *   a[k] = Σ_t h[t] x[2k + 1 − t],  d[k] = Σ_t g[t] x[2k + 1 − t],  g = (−h₃, h₂, −h₁, h₀),
 *
 * with the signal mirrored at both ends (… x₁ x₀ | x₀ x₁ …). Further levels transform the averages. Coefficients lie
 * from coarse to fine: the last averages, then the details of the last level to the first. Because of the mirrored
 * ends there are up to three more of them than samples for each level. Arithmetic is double, storage float32.
 */

const H0 = (1 - Math.sqrt(3)) / (4 * Math.SQRT2)
const H1 = (3 - Math.sqrt(3)) / (4 * Math.SQRT2)
const H2 = (3 + Math.sqrt(3)) / (4 * Math.SQRT2)
const H3 = (1 + Math.sqrt(3)) / (4 * Math.SQRT2)

/** Lengths of the bands of `n` samples, at least one: averages of the last level, then details from coarse to fine. */
export function waveletBands(n: number, levels: number): number[] {
  const details: number[] = []
  let length = n
  for (let level = 0; level < levels; level++) {
    length = (length + 3) >> 1
    details.unshift(length)
  }
  return [length, ...details]
}

/** How many coefficients `n` samples have. */
export function waveletSize(n: number, levels: number): number {
  return waveletBands(n, levels).reduce((sum, length) => sum + length, 0)
}

/** The coefficients of `samples`, at least one. With no levels, a copy. */
export function forwardWavelet(samples: Float32Array, levels: number): Float32Array {
  const coefficients = new Float32Array(waveletSize(samples.length, levels))
  let end = coefficients.length
  let x = samples
  for (let level = 0; level < levels; level++) {
    const length = (x.length + 3) >> 1
    const averages = new Float32Array(length)
    analyse(x, averages, coefficients.subarray(end - length, end))
    end -= length
    x = averages
  }
  coefficients.set(x)
  return coefficients
}

/** The `n` samples whose coefficients these are. */
export function inverseWavelet(
  coefficients: Float32Array,
  n: number,
  levels: number,
): Float32Array {
  const [coarsest, ...details] = waveletBands(n, levels)
  let averages = coefficients.slice(0, coarsest)
  let start = coarsest!
  for (const [i, length] of details.entries()) {
    const samples = new Float32Array(details[i + 1] ?? n)
    synthesise(averages, coefficients.subarray(start, start + length), samples)
    start += length
    averages = samples
  }
  return averages
}

function analyse(x: Float32Array, averages: Float32Array, details: Float32Array): void {
  // All four samples lie inside the signal from the second pair to the last whole one.
  const inside = x.length >> 1
  for (let k = 1; k < inside; k++) {
    const x0 = x[2 * k + 1]!
    const x1 = x[2 * k]!
    const x2 = x[2 * k - 1]!
    const x3 = x[2 * k - 2]!
    averages[k] = H0 * x0 + H1 * x1 + H2 * x2 + H3 * x3
    details[k] = H2 * x1 - H3 * x0 - H1 * x2 + H0 * x3
  }
  const border = (k: number) => {
    const [x0, x1, x2, x3] = [0, 1, 2, 3].map((t) => x[mirrored(2 * k + 1 - t, x.length)]!)
    averages[k] = H0 * x0! + H1 * x1! + H2 * x2! + H3 * x3!
    details[k] = H2 * x1! - H3 * x0! - H1 * x2! + H0 * x3!
  }
  border(0)
  for (let k = Math.max(1, inside); k < averages.length; k++) border(k)
}

/** Position inside a signal of `length` samples that stands for position `i` of its mirrored continuation. */
function mirrored(i: number, length: number): number {
  const period = 2 * length
  const within = ((i % period) + period) % period
  return within < length ? within : period - 1 - within
}

/** Where the number of samples is odd, the last that the bands would give does not exist. */
function synthesise(averages: Float32Array, details: Float32Array, x: Float32Array): void {
  const pairs = x.length >> 1
  let a0 = averages[0]!
  let d0 = details[0]!
  for (let k = 0; k < pairs; k++) {
    const a1 = averages[k + 1]!
    const d1 = details[k + 1]!
    x[2 * k] = H3 * a1 + H1 * a0 + H0 * d1 + H2 * d0
    x[2 * k + 1] = H2 * a1 + H0 * a0 - H1 * d1 - H3 * d0
    a0 = a1
    d0 = d1
  }
  if (x.length % 2 === 1) {
    x[2 * pairs] = H3 * averages[pairs + 1]! + H1 * a0 + H0 * details[pairs + 1]! + H2 * d0
  }
}
