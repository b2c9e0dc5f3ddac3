/** Which coordinates a node sends where each chooses by itself: by the rules of `[share]`, as without masks. */
import type { ParameterLayout } from '../../model/parameters.ts'
import { randomStream } from '../../numeric/random.ts'
import { topK } from '../../numeric/top-k.ts'
import { coordinatesOf } from '../budget.ts'
import type { ShareOptions } from '../index.ts'
import type { RoundContext, Selection } from '../interface.ts'
import { randomMask } from '../random-mask.ts'
import type { RankedState } from '../ranked-sharing.ts'
import type { Sparsity } from './sparsity.ts'

/** From this share on all are sent. */
const FULL_FROM = 0.5

export interface OwnChoice {
  init(parameters: Float32Array, layout: ParameterLayout): RankedState | null
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
    init: (parameters, layout) =>
      isRanked ? { model: parameters, base: transform.forward(parameters, layout) } : null,
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
      const base = state.base!
      const scores = transform.forward(parameters, layout).map((value, k) => value - base[k]!)
      return { size, indices: topK(scores, count) }
    },
    end(mixed, state, delivered, receivers, { layout }) {
      if (state === null) return null
      const before = transform.forward(state.model, layout)
      const isTold = (k: number) => 2 * delivered[k]! >= receivers
      return { model: mixed, base: state.base!.map((value, k) => (isTold(k) ? before[k]! : value)) }
    },
  }
}
