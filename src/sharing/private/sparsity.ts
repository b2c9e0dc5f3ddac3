/** What of a `[share]` table still says something where neighbours send the same coefficients. */
import type { ParameterLayout } from '../../model/parameters.ts'
import { waveletBands } from '../../numeric/wavelet.ts'
import type { ShareOptions } from '../index.ts'
import { sharesOf, transformOf } from '../jwins.ts'
import { identity, type Transform } from '../transform.ts'

export interface Sparsity {
  readonly transform: Transform
  /** Lengths of the bands into which the coefficients of so many parameters fall; each is thinned out alike. */
  bands(size: number): readonly number[]
  /** The share of the coefficients sent in a round is drawn from these. */
  readonly shares: readonly number[]
}

/** Undefined for a method that cannot be private. */
export function sparsityOf(share: ShareOptions): Sparsity | undefined {
  switch (share.method) {
    case 'full':
      return parameterwise(1)
    case 'top-k':
    case 'random-subsampling':
      return parameterwise(share.budget)
    case 'jwins': {
      const bands = (size: number) => (share.wavelet ? waveletBands(size, share.levels) : [size])
      return { transform: transformOf(share), bands, shares: sharesOf(share) }
    }
    default:
      return undefined
  }
}

function parameterwise(share: number): Sparsity {
  return { transform: identity, bands: (size) => [size], shares: [share] }
}

/** T(x − p). */
export function changeOf(
  transform: Transform,
  x: Float32Array,
  p: Float32Array,
  layout: ParameterLayout,
): Float32Array {
  const difference = x.map((value, i) => value - p[i]!)
  return transform.forward(difference, layout)
}
