/**
 * JWINS: A. Dhasade, A.-M. Kermarrec, R. Pires, R. Sharma, M. Vujasinovic, J. Wigger, "Get More for Less in
 * Decentralized Learning Systems", ICDCS 2023, arXiv 2306.04377. Models are shared in a wavelet basis, where few coefficients
 * describe a change; which ones is decided by their accumulated change, how many by a share α that every node draws
 * anew each round from a list. Equations in `ranked-sharing.ts`; T transforms the whole
 * parameter vector as one signal, the values of each output together (`output-major.ts`), as they lie in PyTorch.
 *
 * Deviations: mixing weights are those of the round's own graph, also where it changes from round to round; the
 * averaged difference is transformed back instead of the average; α follows from the run's seed, the rank and the round.
 */
import { z } from 'zod'
import { forwardWavelet, inverseWavelet, waveletSize } from '../numeric/wavelet.ts'
import type { RoundContext, SharingStrategy } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { fromOutputMajor, toOutputMajor } from './output-major.ts'
import { identity, type RankedState, rankedSharing, type Transform } from './ranked-sharing.ts'

/**
 * Lists of α by the share they cost on average: the paper's own, and for smaller budgets now and then a whole model
 * between small messages.
 */
const PRESETS: Readonly<Record<string, readonly number[]>> = {
  0.34: [0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 1],
  0.2: [...new Array<number>(9).fill(0.1), 1],
  0.1: [...new Array<number>(19).fill(0.05), 1],
  0.05: [...new Array<number>(39).fill(0.025), 1],
}

/** The share from which on sending everything without indices is preferred. */
const FULL_FROM = 0.5

const schema = z
  .strictObject({
    method: z.literal('jwins'),
    budget: z
      .literal([0.34, 0.2, 0.1, 0.05])
      .default(0.34)
      .describe('Share of the coefficients sent on average: chooses a list of α.'),
    alphas: z
      .array(z.number().positive().max(1))
      .min(1)
      .optional()
      .describe(
        'The list that each node draws α from, instead of a budget. One entry: always the same.',
      ),
    randomCutoff: z
      .boolean()
      .default(true)
      .describe('Draw α anew each round; else it is always the mean of the list.'),
    wavelet: z.boolean().default(true).describe('Share wavelet coefficients; else parameters.'),
    levels: z.number().int().min(1).max(16).default(4).describe('Levels of the transform.'),
    accumulate: z
      .boolean()
      .default(true)
      .describe('Rank by all changes since a coefficient was last sent, not only the last.'),
  })
  .describe('Every node sends the wavelet coefficients that have changed most (JWINS).')

/** Wavelet coefficients ranked by accumulated change, a random number of them. */
export const jwins = {
  schema,
  create: ({ budget, alphas, randomCutoff, wavelet, levels, accumulate }) => {
    const list = alphas ?? PRESETS[budget]!
    const mean = list.reduce((sum, alpha) => sum + alpha, 0) / list.length
    const drawn = ({ random }: RoundContext) => list[random('alpha').integer(list.length)]!
    const strategy: SharingStrategy<RankedState> = rankedSharing({
      name: 'jwins',
      transform: wavelet ? waveletTransform(levels) : identity,
      share: randomCutoff ? drawn : () => mean,
      fullFrom: FULL_FROM,
      accumulate,
    })
    return strategy
  },
} satisfies StrategyKind<typeof schema>

function waveletTransform(levels: number): Transform {
  return {
    space: (size) => ({ domain: 'wavelet', size: waveletSize(size, levels) }),
    forward: (x, layout) => forwardWavelet(toOutputMajor(x, layout), levels),
    inverse(coefficients, layout) {
      const ordered = inverseWavelet(new Float32Array(coefficients), layout.size, levels)
      return fromOutputMajor(ordered, layout)
    },
  }
}
