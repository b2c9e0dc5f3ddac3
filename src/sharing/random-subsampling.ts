/**
 * Random subsampling: each round every node sends the parameters at places drawn at random, and a neighbour fills what
 * is missing with its own, x_i[k] ← x_i[k] + Σ_j w_ij (x_j[k] − x_i[k]) over the messages that hold k. The places
 * follow from a seed, so that only values travel. The simplest baseline of A. Dhasade, A.-M. Kermarrec, R. Pires,
 * R. Sharma, M. Vujasinovic, J. Wigger, "Get More for Less in Decentralized Learning Systems", ICDCS 2023.
 *
 * Deviations: exactly round(α n) places each round instead of each with probability α, so that every message keeps the
 * budget; seeds come from the run's, so that a run can be repeated.
 */
import { z } from 'zod'
import { budgetSchema, coordinatesOf, shareWithin } from './budget.ts'
import type { SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { asSent, gather, pulled, toAll } from './pull.ts'
import { randomMask } from './random-mask.ts'
import { encodeValues, USUAL_BITS, valuesSchema } from './values/index.ts'

const schema = z
  .strictObject({
    method: z.literal('random-subsampling'),
    budget: budgetSchema.default(0.34).describe('Share of the parameters in each message.'),
    values: valuesSchema,
  })
  .describe('Every node sends parameters at random places, which follow from a seed.')

/** Every node sends a random part of its parameters. */
export const randomSubsampling = {
  schema,
  create: ({ budget, values: precision }): SharingStrategy<null> => ({
    name: 'random-subsampling',
    init: () => null,
    *round(parameters, _state, { targets, weightOf, allowance, random }) {
      const size = parameters.length
      const seed = random('mask').uint32()
      const share = shareWithin(budget, allowance, size, USUAL_BITS[precision])
      const indices = randomMask(seed, coordinatesOf(share, size), size)
      const payload: Values = {
        domain: 'parameters',
        ...encodeValues(gather(parameters, indices), precision, random),
        selection: { size, indices, seed },
      }
      const inbox = yield toAll(targets, payload)
      const heard = { domain: 'parameters', inbox, weightOf } as const
      const mixed = pulled(parameters, heard, asSent(parameters, payload))
      return { parameters: mixed, state: null }
    },
  }),
} satisfies StrategyKind<typeof schema>
