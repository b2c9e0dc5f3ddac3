/**
 * Murmur, a strategy of Starling's own: every node says little, roughly, and only what is new; and who has nothing new to
 * say about a coefficient has hardly a vote on it. It grew out of JWINS (`jwins.ts`), which it takes the wavelet
 * basis T from. With x the model after the local steps and ĉ_i what this node has last told of each coefficient,
 * T(x⁰) in the beginning, which all nodes know,
 *
 *   c ← T(x),  s ← c − ĉ_i;  I ← the round(α m) coefficients of largest |s|,  τ ← min |s[I]|
 *   send Q(c[I]);  ĉ_i[I] ← Q(c[I])
 *   a[k] ← min(1, |s[k]| / τ)³
 *   x' ← x + T⁻¹(Δ),  Δ[k] = Σ_j w_ij (ĉ_j[k] − c[k]) / (W[k] + a[k] (1 − W[k])),  W[k] = Σ_j w_ij,
 *
 * sums over the neighbours j whose message holds k. Q rounds to integers of few bits, at random (`values/`).
 *
 * How it differs from JWINS, and why:
 *
 * - Silence has no vote. JWINS lets a receiver's own value stand for each one that it was not sent, so that news from one
 *   neighbour out of three is mixed in with a quarter of its weight. Here the node's own value has what the
 *   senders' weights leave over times a, which is 1 where the node itself has sent and falls with how little its own
 *   coefficient has changed: Δ is an average over those who have something to say. For a = 1 it is that of JWINS; once
 *   everybody sends everything both are x ← W x.
 * - s is exactly what the neighbours do not know. What rounding has left of a value is part of it, so that
 *   nothing is lost, and one transform makes it, not three.
 * - α is always the same, and values have six bits.
 *
 * As there, values of the model travel, never changes: a lost message or a new neighbour leaves nothing wrong behind, and
 * every result lies between a node's own value and those it was sent. The mean of all models is kept only where
 * everybody sends everything, as in JWINS.
 *
 * Weighing voices by whether they were sent: DecentralizePy's abandoned averages over the senders of a coordinate;
 * remembering what was told: A. Koloskova, S. U. Stich, M. Jaggi, ICML 2019, arXiv 1902.00340 (`choco.ts`).
 */
import { z } from 'zod'
import { type Address, copyIn, kernels, reserveNumbers } from '../numeric/kernels.ts'
import { topK } from '../numeric/top-k.ts'
import { budgetSchema, coordinatesOf, shareWithin } from './budget.ts'
import type { SharingStrategy, Values } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { asSent, gather, type Heard, pull, toAll } from './pull.ts'
import { waveletTransform } from './transform.ts'
import { encodeValues, USUAL_BITS, valuesSchema } from './values/index.ts'

/** As in JWINS. */
const LEVELS = 4

const schema = z
  .strictObject({
    method: z.literal('murmur'),
    budget: budgetSchema.default(0.1).describe('Share of the coefficients in each message.'),
    values: valuesSchema.unwrap().default('int6').describe('How precisely values travel.'),
  })
  .describe('Every node sends news, roughly; who has none hardly votes (ahead of JWINS).')

export interface MurmurState {
  /** ĉ, what this node has last told of each coefficient. */
  readonly told: Float32Array
}

/** Few rough coefficients, averaged over the nodes that have news of them. */
export const murmur = {
  schema,
  create: ({ budget, values: precision }): SharingStrategy<MurmurState> => {
    const transform = waveletTransform(LEVELS)
    return {
      name: 'murmur',
      space: transform.space,
      init: (parameters, layout) => ({ told: transform.forward(parameters, layout) }),
      *round(parameters, { told }, { layout, targets, random, weightOf, allowance }) {
        const { domain, size } = transform.space(parameters.length)
        const coefficients = transform.forward(parameters, layout)
        const news = difference(coefficients, told)
        const share = shareWithin(budget, allowance, size, USUAL_BITS[precision])
        const indices = topK(news, coordinatesOf(share, size))
        const encoded = encodeValues(gather(coefficients, indices), precision, random)
        const selection = indices.length < size ? { selection: { size, indices } } : {}
        const payload: Values = { domain, ...encoded, ...selection }
        const inbox = yield toAll(targets, payload)

        const own = asSent(coefficients, payload)
        const voices = { news, least: leastOf(news, indices) }
        const heard = { domain, inbox, weightOf }
        return {
          parameters: transform.moved(parameters, () => averageOfNews(own, voices, heard), layout),
          state: { told: replaced(told, indices, encoded.values) },
        }
      },
    }
  },
} satisfies StrategyKind<typeof schema>

/** τ; 0 where a coefficient was sent of which there is no news. */
function leastOf(news: Float32Array, sent: Uint32Array): number {
  let least = Infinity
  for (let i = 0; i < sent.length; i++) least = Math.min(least, Math.abs(news[sent[i]!]!))
  return least
}

/** s and τ. */
interface Voices {
  readonly news: Float32Array
  readonly least: number
}

/** Δ, in the kernels' memory; zero where nobody was heard. */
function averageOfNews(own: Float32Array, { news, least }: Voices, heard: Heard): Address {
  return pull(own, heard, 0, ({ first, end, messages, count }, sums) => {
    const size = end - first
    const changes = copyIn(news.subarray(first, end))
    const scratch = reserveNumbers(size)
    kernels.averageNews(sums, changes, least, first, size, messages, count, scratch)
  })
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length)
  for (let k = 0; k < result.length; k++) result[k] = a[k]! - b[k]!
  return result
}

function replaced(vector: Float32Array, indices: Uint32Array, values: Float32Array): Float32Array {
  const result = vector.slice()
  for (let i = 0; i < indices.length; i++) result[indices[i]!] = values[i]!
  return result
}
