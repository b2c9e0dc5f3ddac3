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
import type { RoundContext, SharingStrategy } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { errorFeedbackSchema, type RankedState, rankedSharing } from './ranked-sharing.ts'
import { identity, type Transform, waveletTransform } from './transform.ts'
import { valuesSchema } from './values/index.ts'

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

/** What a named budget costs: the mean of its list. Undefined for a budget that has no list. */
export function presetCost(budget: number): number | undefined {
  const list = PRESETS[budget]
  return list && mean(list)
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
    values: valuesSchema,
    errorFeedback: errorFeedbackSchema,
  })
  .describe('Every node sends the wavelet coefficients that have changed most (JWINS).')

type JwinsOptions = z.output<typeof schema>

/** The list that α is drawn from; one entry where it is always the same. */
export function sharesOf({ budget, alphas, randomCutoff }: JwinsOptions): readonly number[] {
  const list = alphas ?? PRESETS[budget]!
  return randomCutoff ? list : [mean(list)]
}

/** The basis in which coefficients are ranked and sent. */
export function transformOf({ wavelet, levels }: JwinsOptions): Transform {
  return wavelet ? waveletTransform(levels) : identity
}

/** Wavelet coefficients ranked by accumulated change, a random number of them. */
export const jwins = {
  schema,
  create: (options) => {
    const list = sharesOf(options)
    const drawn = ({ random }: RoundContext) => list[random('alpha').integer(list.length)]!
    const strategy: SharingStrategy<RankedState> = rankedSharing({
      name: 'jwins',
      transform: transformOf(options),
      share: drawn,
      fullFrom: FULL_FROM,
      accumulate: options.accumulate,
      values: options.values,
      errorFeedback: options.errorFeedback,
    })
    return strategy
  },
} satisfies StrategyKind<typeof schema>

function mean(list: readonly number[]): number {
  return list.reduce((sum, alpha) => sum + alpha, 0) / list.length
}
