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
 * ends there are up to three more of them than samples for each level. Arithmetic is float32, as in PyWavelets.
 */
import { type Address, copyFloats, copyIn, inScratch, kernels, reserveNumbers } from './kernels.ts'

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
  return inScratch(() => {
    const coefficients = forwardWaveletAt(copyIn(samples), samples.length, levels)
    return copyFloats(coefficients, waveletSize(samples.length, levels))
  })
}

/** The `n` samples whose coefficients these are. */
export function inverseWavelet(
  coefficients: Float32Array,
  n: number,
  levels: number,
): Float32Array {
  return inScratch(() => copyFloats(inverseWaveletAt(copyIn(coefficients), n, levels), n))
}

/** The same in the kernels' memory. */
export function forwardWaveletAt(samples: Address, n: number, levels: number): Address {
  const size = waveletSize(n, levels)
  const coefficients = reserveNumbers(size)
  inScratch(() => kernels.forwardWavelet(samples, n, levels, coefficients, reserveNumbers(size)))
  return coefficients
}

/** The same in the kernels' memory. */
export function inverseWaveletAt(coefficients: Address, n: number, levels: number): Address {
  const samples = reserveNumbers(n)
  inScratch(() =>
    kernels.inverseWavelet(
      coefficients,
      n,
      levels,
      samples,
      reserveNumbers(waveletSize(n, levels)),
    ),
  )
  return samples
}
