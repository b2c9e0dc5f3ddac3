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
import { budgetSchema, coordinatesOf } from './budget.ts'
import type { SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { gather, moved, pull, toAll } from './pull.ts'
import { randomMask } from './random-mask.ts'

const schema = z
  .strictObject({
    method: z.literal('random-subsampling'),
    budget: budgetSchema.default(0.34).describe('Share of the parameters in each message.'),
  })
  .describe('Every node sends parameters at random places, which follow from a seed.')

/** Every node sends a random part of its parameters. */
export const randomSubsampling = {
  schema,
  create: ({ budget }): SharingStrategy<null> => ({
    name: 'random-subsampling',
    init: () => null,
    *round(parameters, _state, { targets, weightOf, random }) {
      const size = parameters.length
      const seed = random('mask').uint32()
      const indices = randomMask(seed, coordinatesOf(budget, size), size)
      const payload: Values = {
        domain: 'parameters',
        values: gather(parameters, indices),
        selection: { size, indices, seed },
      }
      const inbox = yield toAll(targets, payload)
      const delta = pull(parameters, 'parameters', inbox, weightOf)
      return { parameters: moved(parameters, delta), state: null }
    },
  }),
} satisfies StrategyKind<typeof schema>
