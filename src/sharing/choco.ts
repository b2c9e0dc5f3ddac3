/**
 * CHOCO-SGD: A. Koloskova, S. U. Stich, M. Jaggi, "Decentralized Stochastic Optimization and Gossip Algorithms with
 * Compressed Communication", ICML 2019, arXiv 1902.00340, Algorithm 2. All nodes know an estimate x̂_j of each
 * neighbour's model and send only what brings it closer, compressed to the largest coordinates:
 *
 *   q_i ← top-k(x_i − x̂_i)                          sent
 *   x̂_j ← x̂_j + q_j
 *   x_i ← x_i + γ e_i,  e_i = Σ_j w_ij (x̂_j − x̂_i)
 *
 * e is kept up to date by e_i ← e_i + Σ_j w_ij (q_j − q_i), so that no estimate of a neighbour has to be stored. It is
 * right only while every q_j arrives and the weights stay: jobs with links that lose messages, nodes that leave or
 * changing topologies are refused. A message that is late on a real network stays missing in e.
 *
 * Deviations: of equal magnitudes exactly k are sent; a neighbour that is not heard counts as one that sent what this
 * node did, which keeps e bounded.
 */
import { z } from 'zod'
import { topK } from '../numeric/top-k.ts'
import { budgetSchema, coordinatesOf } from './budget.ts'
import type { Inbox, SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { checkFits, gather, moved, toAll } from './pull.ts'
import { encodeValues, valuesSchema } from './values/index.ts'

const schema = z
  .strictObject({
    method: z.literal('choco'),
    budget: budgetSchema.default(0.2).describe('Share of the parameters in each message.'),
    gamma: z
      .number()
      .positive()
      .max(1)
      .default(0.6)
      .describe(
        'Step towards the neighbours. Too large a step diverges, more so at small budgets.',
      ),
    values: valuesSchema,
  })
  .describe('Every node sends compressed changes of an estimate that its neighbours keep.')

export interface ChocoState {
  /** x̂_i, what the neighbours know of this node's model. */
  readonly estimate: Float32Array
  /** e_i, how far the neighbours' estimates lie from its own, weighted. */
  readonly gap: Float32Array
}

/** Compressed gossip with error compensation. */
export const choco = {
  schema,
  needsEveryMessage: true,
  create: ({ budget, gamma, values: precision }): SharingStrategy<ChocoState> => ({
    name: 'choco',
    space: (size) => ({ domain: 'changes', size }),
    init: ({ length }) => ({ estimate: new Float32Array(length), gap: new Float32Array(length) }),
    *round(parameters, state, { targets, weightOf, random }) {
      const size = parameters.length
      const error = parameters.map((x, k) => x - state.estimate[k]!)
      const indices = topK(error, coordinatesOf(budget, size))
      const encoded = encodeValues(gather(error, indices), precision, random)
      const selection = indices.length < size ? { selection: { size, indices } } : {}
      const payload: Values = { domain: 'changes', ...encoded, ...selection }
      const inbox = yield toAll(targets, payload)

      const estimate = state.estimate.slice()
      addAt(estimate, 1, payload)
      const gap = moved(state.gap, relative(payload, inbox, weightOf, size))
      const step = gap.map((value) => gamma * value)
      return { parameters: moved(parameters, step), state: { estimate, gap } }
    },
  }),
} satisfies StrategyKind<typeof schema>

/** Σ_j w_ij (q_j − q_i) over the neighbours heard; zero where all have sent the same. */
function relative(
  own: Values,
  inbox: Inbox,
  weightOf: (source: number) => number,
  size: number,
): Float64Array {
  const sums = new Float64Array(size)
  for (const [source, theirs] of inbox) {
    checkFits(theirs, source, 'changes', size)
    const weight = weightOf(source)
    addAt(sums, -weight, own)
    addAt(sums, weight, theirs)
  }
  return sums
}

/** sums[k] ← sums[k] + weight q[k] at the coordinates that the message holds. */
function addAt(
  sums: Float32Array | Float64Array,
  weight: number,
  { values, selection }: Values,
): void {
  if (selection === undefined) {
    for (let k = 0; k < values.length; k++) sums[k]! += weight * values[k]!
    return
  }
  const { indices } = selection
  for (let i = 0; i < indices.length; i++) sums[indices[i]!]! += weight * values[i]!
}
