/**
 * Top-k sharing: each round every node sends the parameters that have changed most since the previous averaging, and a
 * neighbour fills what is missing with its own. Sparsification by magnitude with memory: S. U. Stich,
 * J.-B. Cordonnier, M. Jaggi, "Sparsified SGD with Memory", NeurIPS 2018, carried over to models as in DecentralizePy:
 * values are those of the model, the change only ranks them. Equations in `ranked-sharing.ts`, with T the identity.
 *
 * Deviations: exactly round(α n) values, of equal changes those of lower index; a budget of 1 sends all.
 */
import { z } from 'zod'
import { budgetSchema } from './budget.ts'
import type { SharingStrategy } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { errorFeedbackSchema, type RankedState, rankedSharing } from './ranked-sharing.ts'
import { identity } from './transform.ts'
import { valuesSchema } from './values/index.ts'

const schema = z
  .strictObject({
    method: z.literal('top-k'),
    budget: budgetSchema.default(0.34).describe('Share of the parameters in each message.'),
    accumulate: z
      .boolean()
      .default(true)
      .describe('Rank by all changes since a parameter was last sent, not only the last.'),
    values: valuesSchema,
    errorFeedback: errorFeedbackSchema,
  })
  .describe('Every node sends the parameters that have changed most.')

/** Every node sends the part of its parameters that has changed most. */
export const topKSharing = {
  schema,
  create: ({ budget, accumulate, values, errorFeedback }): SharingStrategy<RankedState> =>
    rankedSharing({
      name: 'top-k',
      transform: identity,
      share: () => budget,
      fullFrom: 1,
      accumulate,
      values,
      errorFeedback,
    }),
} satisfies StrategyKind<typeof schema>
