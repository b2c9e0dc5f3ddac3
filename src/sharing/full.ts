/**
 * D-PSGD: X. Lian, C. Zhang, H. Zhang, C.-J. Hsieh, W. Zhang, J. Liu, "Can Decentralized Algorithms Outperform
 * Centralized Algorithms? A Case Study for Decentralized Parallel Stochastic Gradient Descent", NeurIPS 2017,
 * arXiv 1705.09056, Algorithm 1, line 5: x_{k+½,i} = Σ_j W_ij x_{k,j}.
 *
 * Deviations: local steps come before mixing, several to a round, as in DecentralizePy; the weight of a neighbour that
 * is not heard goes to the node itself.
 */
import { z } from 'zod'
import type { SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { mix, type Weighted } from './mix.ts'
import { asSent, checkFits, pulled, toAll } from './pull.ts'
import { encodeValues, valuesSchema } from './values/index.ts'

const schema = z
  .strictObject({ method: z.literal('full'), values: valuesSchema })
  .describe('Every node sends its whole model to its neighbours (D-PSGD).')

/** Every node sends all its parameters and averages what it receives. */
export const full = {
  schema,
  create: ({ values: precision }): SharingStrategy<null> => ({
    name: 'full',
    init: () => null,
    *round(parameters, _state, context) {
      const encoded = encodeValues(parameters, precision, context.random)
      const payload: Values = { domain: 'parameters', ...encoded }
      const inbox = yield toAll(context.targets, payload)
      const sent = asSent(parameters, payload)
      const received: Weighted[] = []
      for (const [source, theirs] of inbox) {
        checkFits(theirs, source, 'parameters', parameters.length)
        // A fragment of a model, or one that was rounded, is mixed as other strategies' messages are.
        if (theirs.selection !== undefined || sent !== parameters) {
          const heard = { domain: 'parameters', inbox, weightOf: context.weightOf } as const
          return { parameters: pulled(parameters, heard, sent), state: null }
        }
        received.push({ weight: context.weightOf(source), values: theirs.values })
      }
      return { parameters: mix(parameters, received), state: null }
    },
  }),
} satisfies StrategyKind<typeof schema>
