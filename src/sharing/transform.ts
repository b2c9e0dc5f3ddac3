/** Bases in which models are ranked and shared. */
import type { ParameterLayout } from '../model/parameters.ts'
import {
  type Address,
  copyIn,
  floatsAt,
  inScratch,
  kernels,
  reserveNumbers,
} from '../numeric/kernels.ts'
import { forwardWaveletAt, inverseWaveletAt, waveletSize } from '../numeric/wavelet.ts'
import type { Domain } from './interface.ts'
import { fromOutputMajor, toOutputMajor } from './output-major.ts'

/** A linear change of basis, T. */
export interface Transform {
  space(size: number): { readonly domain: Domain; readonly size: number }
  /** T(x). */
  forward(x: Float32Array, layout: ParameterLayout): Float32Array
  /** T(x − p), in the kernels' memory. */
  change(x: Float32Array, p: Float32Array, layout: ParameterLayout): Address
  /** T⁻¹. */
  inverse(coefficients: Float64Array, layout: ParameterLayout): ArrayLike<number>
  /** x + T⁻¹(Δ). `pull` makes Δ, or the sum of Δ and `onto`, each value rounded once, in the kernels' memory. */
  moved(x: Float32Array, pull: (onto?: Address) => Address, layout: ParameterLayout): Float32Array
}

/** The parameters themselves. */
export const identity: Transform = {
  space: (size) => ({ domain: 'parameters', size }),
  forward: (x) => x,
  change(x, p) {
    const to = reserveNumbers(x.length)
    kernels.difference(copyIn(x), copyIn(p), x.length, to)
    return to
  },
  inverse: (coefficients) => coefficients,
  moved: (x, pull) => inScratch(() => floatsAt(pull(copyIn(x)), x.length).slice()),
}

/** Wavelet coefficients of all parameters as one signal, the values of each output together. */
export function waveletTransform(levels: number): Transform {
  const sizeOf = (parameters: number) => waveletSize(parameters, levels)
  const transformed = (x: Address, layout: ParameterLayout, minus?: Address) =>
    forwardWaveletAt(toOutputMajor(x, layout, minus), layout.size, levels)
  const back = (coefficients: Address, layout: ParameterLayout, onto?: Address) =>
    fromOutputMajor(inverseWaveletAt(coefficients, layout.size, levels), layout, onto)
  return {
    space: (size) => ({ domain: 'wavelet', size: sizeOf(size) }),
    forward: (x, layout) =>
      inScratch(() => floatsAt(transformed(copyIn(x), layout), sizeOf(x.length)).slice()),
    change: (x, p, layout) => transformed(copyIn(x), layout, copyIn(p)),
    inverse: (coefficients, layout) =>
      inScratch(() => {
        const rounded = copyIn(new Float32Array(coefficients))
        return floatsAt(back(rounded, layout), layout.size).slice()
      }),
    moved: (x, pull, layout) =>
      inScratch(() => floatsAt(back(pull(), layout, copyIn(x)), x.length).slice()),
  }
}
