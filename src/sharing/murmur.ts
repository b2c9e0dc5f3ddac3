/**
 * Murmur, a strategy of Starling's own: every node says little, roughly, and only what is new; who has nothing new to say
 * about a coefficient has hardly a vote on it; and silence can be understood. It grew out of JWINS (`jwins.ts`), from which it
 * takes the wavelet basis T. With x the model after the local steps and ĉ_i what this node has last told of each
 * coefficient, T(x⁰) in the beginning, which all nodes know,
 *
 *   c ← T(x),  s ← c − ĉ_i;  I ← the round(α m) coefficients of largest |s|,  τ ← min |s[I]|
 *   send Q(c[I]);  ĉ_i[I] ← Q(c[I])
 *   v_j[k] ← what is heard of neighbour j: ĉ_j[k] where its message holds k, else what its silence says (`silence.ts`)
 *   a[k] ← min(1, |s[k]| / τ)³
 *   x' ← x + T⁻¹(Δ),  Δ[k] = Σ_j w_ij (v_j[k] − c[k]) / (W[k] + a[k] (1 − W[k])),  W[k] = Σ_j w_ij,
 *
 * sums over the neighbours j of whom k is heard. Q rounds to integers of few bits, at random (`values/`).
 *
 * How it differs from JWINS, and why:
 *
 * - Who has no news has no vote. JWINS lets a receiver's own value stand for each one that it was not sent, so that news
 *   from one neighbour out of three is mixed in with a quarter of its weight. Here the node's own value has what the
 *   voices' weights leave over times a, which is 1 where the node itself has sent and falls with how little its own
 *   coefficient has changed: Δ is an average over those who have something to say. For a = 1 it is that of JWINS; once
 *   everybody sends everything both are x ← W x. This makes the beginning fast.
 * - Silence is understood where the option says so: it keeps models together in long runs, and slows short ones.
 * - s is exactly what the neighbours do not know. What rounding has left of a value is part of it, so that
 *   nothing is lost, and one transform makes it, not two.
 * - α is always the same, and values have eight bits.
 *
 * As there, values of the model travel, never changes: a lost message or a new neighbour leaves nothing wrong behind, and
 * every coefficient comes to lie between a node's own and those it has heard. The mean of all models is kept only
 * where everybody sends everything, as in JWINS. State is one vector and another for each neighbour.
 *
 * Weighing voices by whether they were sent: DecentralizePy's abandoned averages over the senders of a coordinate;
 * remembering what was told: A. Koloskova, S. U. Stich, M. Jaggi, ICML 2019, arXiv 1902.00340 (`choco.ts`), where a lost
 * message spoils the memory.
 */
import { z } from 'zod'
import {
  borrowedIntegers,
  copyFloats,
  copyIn,
  floatsAt,
  inScratch,
  kernels,
  reserveNumbers,
} from '../numeric/kernels.ts'
import { borrowFloats, giveBack } from '../numeric/spare-memory.ts'
import { topKAt } from '../numeric/top-k.ts'
import { budgetSchema, coordinatesOf, shareWithin } from './budget.ts'
import { releasePayload } from './frame.ts'
import type { SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { gatherAt, replaceAt, replaceSent, toAll } from './pull.ts'
import { averageOfNews, type Memories } from './silence.ts'
import { waveletTransform } from './transform.ts'
import { encodeValues, USUAL_BITS, valuesSchema } from './values/index.ts'

/** As in JWINS. */
const LEVELS = 4

const schema = z
  .strictObject({
    method: z.literal('murmur'),
    budget: budgetSchema.default(0.34).describe('Share of the coefficients in each message.'),
    values: valuesSchema.unwrap().default('int8').describe('How precisely values travel.'),
    silence: z
      .boolean()
      .default(false)
      .describe(
        'Remember what neighbours told and hear what their silence says: keeps models together in runs of many hundred rounds.',
      ),
  })
  .describe('Every node sends news, roughly; who has none hardly votes (ahead of JWINS).')

export interface MurmurState {
  /** ĉ, what this node has last told of each coefficient. */
  readonly told: Float32Array
  /** The same of the neighbours heard in the last round. */
  readonly memories: Memories
}

/** Few rough coefficients, averaged over the nodes that have news of them. */
export const murmur = {
  schema,
  // Measured on six tasks: docs/results, slow momentum.
  slowMomentum: 0.2,
  create: ({ budget, values: precision, silence }): SharingStrategy<MurmurState> => {
    const transform = waveletTransform(LEVELS)
    return {
      name: 'murmur',
      space: transform.space,
      init: (parameters, layout) => ({
        told: transform.forward(parameters, layout),
        memories: new Map(),
      }),
      *round(parameters, { told, memories }, context) {
        const { layout, targets, random, weightOf, allowance } = context
        const { domain, size } = transform.space(parameters.length)
        const share = shareWithin(budget, allowance, size, USUAL_BITS[precision])
        const own = borrowFloats(size)
        const news = borrowFloats(size)
        const { chosen, indices, least } = inScratch(() => {
          const coefficients = transform.forwardAt(copyIn(parameters), layout)
          const difference = reserveNumbers(size)
          kernels.difference(coefficients, copyIn(told), size, difference)
          own.set(floatsAt(coefficients, size))
          news.set(floatsAt(difference, size))
          const count = coordinatesOf(share, size)
          const places = topKAt(difference, size, count)
          const changes = gatherAt(difference, places, count)
          const least = smallest(changes)
          giveBack(changes)
          const chosen = gatherAt(coefficients, places, count)
          return { chosen, indices: borrowedIntegers(places, count), least }
        })
        const encoded = encodeValues(chosen, precision, random)
        const selection = indices.length < size ? { selection: { size, indices } } : {}
        const payload: Values = { domain, ...encoded, ...selection }
        const toldNow = told.slice()
        replaceAt(toldNow, indices, encoded.values)
        replaceSent(own, payload)
        const inbox = yield toAll(targets, payload)

        const heard = { domain, inbox, weightOf }
        // In fragments neighbours change from round to round: there is nothing to remember.
        const known = silence && context.fragments === undefined ? memories : null
        const mixed = inScratch(() => {
          const x = copyIn(parameters)
          const { delta, memories: next } = averageOfNews({ own, news, least }, heard, known)
          const moved = transform.movedAt(x, () => delta, layout)
          return { parameters: copyFloats(moved, parameters.length), memories: next }
        })
        for (const borrowed of [own, news, chosen]) giveBack(borrowed)
        releasePayload(payload)
        return {
          parameters: mixed.parameters,
          state: { told: toldNow, memories: mixed.memories },
        }
      },
    }
  },
} satisfies StrategyKind<typeof schema>

/** The smallest magnitude: τ; 0 where a coefficient was sent of which there is no news. */
function smallest(values: Float32Array): number {
  let least = Infinity
  for (let i = 0; i < values.length; i++) least = Math.min(least, Math.abs(values[i]!))
  return least
}
