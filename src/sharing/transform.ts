/** Bases in which models are ranked and shared. */
import type { ParameterLayout } from '../model/parameters.ts'
import { type Address, copyFloats, copyIn, inScratch } from '../numeric/kernels.ts'
import { forwardWaveletAt, inverseWaveletAt, waveletSize } from '../numeric/wavelet.ts'
import type { Domain } from './interface.ts'
import { fromOutputMajor, toOutputMajor } from './output-major.ts'

/** A linear change of basis, T. */
export interface Transform {
  space(size: number): { readonly domain: Domain; readonly size: number }
  /** T(x). */
  forward(x: Float32Array, layout: ParameterLayout): Float32Array
  /** T(x), in the kernels' memory. May be the place of x itself. */
  forwardAt(x: Address, layout: ParameterLayout): Address
  /** T⁻¹. */
  inverse(coefficients: Float64Array, layout: ParameterLayout): ArrayLike<number>
  /** x + T⁻¹(Δ), in the kernels' memory, as is what `pull` makes: Δ, or the sum of Δ and `onto`, each value rounded once. */
  movedAt(x: Address, pull: (onto?: Address) => Address, layout: ParameterLayout): Address
}

/** The parameters themselves. */
export const identity: Transform = {
  space: (size) => ({ domain: 'parameters', size }),
  forward: (x) => x,
  forwardAt: (x) => x,
  inverse: (coefficients) => coefficients,
  movedAt: (x, pull) => pull(x),
}

/** Wavelet coefficients of all parameters as one signal, the values of each output together. */
export function waveletTransform(levels: number): Transform {
  const sizeOf = (parameters: number) => waveletSize(parameters, levels)
  const forwardAt = (x: Address, layout: ParameterLayout) =>
    forwardWaveletAt(toOutputMajor(x, layout), layout.size, levels)
  const back = (coefficients: Address, layout: ParameterLayout, onto?: Address) =>
    fromOutputMajor(inverseWaveletAt(coefficients, layout.size, levels), layout, onto)
  return {
    space: (size) => ({ domain: 'wavelet', size: sizeOf(size) }),
    forward: (x, layout) =>
      inScratch(() => copyFloats(forwardAt(copyIn(x), layout), sizeOf(x.length))),
    forwardAt,
    inverse: (coefficients, layout) =>
      inScratch(() => {
        const rounded = copyIn(new Float32Array(coefficients))
        return copyFloats(back(rounded, layout), layout.size)
      }),
    movedAt: (x, pull, layout) => back(pull(), layout, x),
  }
}
