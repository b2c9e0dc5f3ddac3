/** Which coordinates a node sends where each chooses by itself: by the rules of `[share]`, as without masks. */
import { randomStream } from '../../numeric/random.ts'
import { topK } from '../../numeric/top-k.ts'
import { coordinatesOf } from '../budget.ts'
import type { ShareOptions } from '../index.ts'
import type { RoundContext, Selection } from '../interface.ts'
import { moved } from '../pull.ts'
import { randomMask } from '../random-mask.ts'
import type { RankedState } from '../ranked-sharing.ts'
import { changeOf, type Sparsity } from './sparsity.ts'

/** From this share on all are sent. */
const FULL_FROM = 0.5

export interface OwnChoice {
  init(parameters: Float32Array): RankedState | null
  /** The set of one round. */
  choose(parameters: Float32Array, state: RankedState | null, context: RoundContext): Selection
  /** The state after a round. @param delivered how many receivers got a coordinate, of `receivers` */
  end(
    mixed: Float32Array,
    state: RankedState | null,
    delivered: Uint32Array,
    receivers: number,
    context: RoundContext,
  ): RankedState | null
}

/** @param seed the run's, so that seeds of sets follow from it */
export function ownChoice(share: ShareOptions, sparsity: Sparsity, seed: number): OwnChoice {
  const { transform, shares } = sparsity
  const isRanked = share.method === 'jwins' || share.method === 'top-k'
  return {
    init: (parameters) =>
      isRanked
        ? {
            model: parameters,
            scores: new Float32Array(transform.space(parameters.length).size),
          }
        : null,
    choose(parameters, state, { round, self, layout }) {
      const { size } = transform.space(parameters.length)
      const random = randomStream(seed, 'own set', round, self)
      const wanted = shares[random.integer(shares.length)]!
      if (wanted >= (isRanked ? FULL_FROM : 1)) {
        return { size, indices: Uint32Array.from({ length: size }, (_, k) => k) }
      }
      const count = coordinatesOf(wanted, size)
      if (state === null) {
        const drawn = random.uint32()
        return { size, indices: randomMask(drawn, count, size), seed: drawn }
      }
      const scores = moved(changeOf(transform, parameters, state.model, layout), state.scores!)
      return { size, indices: topK(scores, count) }
    },
    end(mixed, state, delivered, receivers, { layout }) {
      if (state === null) return null
      const rest = state.scores!.map((score, k) => (2 * delivered[k]! >= receivers ? 0 : score))
      return { model: mixed, scores: moved(rest, changeOf(transform, mixed, state.model, layout)) }
    },
  }
}
