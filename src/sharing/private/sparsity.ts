/** What of a `[share]` table still says something where neighbours send the same coefficients. */
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
  /** Whether coefficients are chosen by how they have changed. */
  readonly isRanked: boolean
}

/** Undefined for a method that cannot be private. */
export function sparsityOf(share: ShareOptions): Sparsity | undefined {
  switch (share.method) {
    case 'full':
      return parameterwise(1, false)
    case 'top-k':
      return parameterwise(share.budget, true)
    case 'random-subsampling':
      return parameterwise(share.budget, false)
    case 'jwins': {
      const bands = (size: number) => (share.wavelet ? waveletBands(size, share.levels) : [size])
      return { transform: transformOf(share), bands, shares: sharesOf(share), isRanked: true }
    }
    default:
      return undefined
  }
}

function parameterwise(share: number, isRanked: boolean): Sparsity {
  return { transform: identity, bands: (size) => [size], shares: [share], isRanked }
}
