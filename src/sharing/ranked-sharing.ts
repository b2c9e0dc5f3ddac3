/**
 * Sharing what has changed most, in any basis: the round that top-k and JWINS have in common. With T a linear
 * transform, p the model after the previous averaging and x the model after the local steps,
 *
 *   c ← T(x),  s ← T(x − p) + V;  I ← the round(α m) coordinates of largest |s|
 *   send c[I];  V[I] ← 0
 *   x' ← x + T⁻¹(Δ),  Δ[k] = Σ_j w_ij (c_j[k] − c[k]) over the messages that hold k
 *   V ← V + T(x' − p);  p ← x'
 *
 * What travels are coefficients of the model, not of its change, which only ranks them: a message that is lost or a
 * neighbour that changes leaves nothing wrong behind. V collects what has not been sent. It is reset where something is
 * sent before the round's whole change, averaging included, is added everywhere: a coordinate just sent keeps
 * this round's change as its score.
 *
 * T⁻¹(Δ) is added to x instead of transforming the averaged coefficients back. It is the same by linearity, one
 * rounding less, and leaves a model that agrees with its neighbours' as it is to the last bit.
 */
import type { ParameterLayout } from '../model/parameters.ts'
import { topK } from '../numeric/top-k.ts'
import { coordinatesOf } from './budget.ts'
import type { Domain, RoundContext, SharingStrategy, Values } from './interface.ts'
import { gather, moved, pull, toAll } from './pull.ts'

export interface RankedState {
  /** p, the model after the previous averaging. */
  readonly model: Float32Array
  /** V, null where scores are not accumulated. */
  readonly scores: Float32Array | null
}

/** A linear change of basis, T. */
export interface Transform {
  space(size: number): { readonly domain: Domain; readonly size: number }
  forward(x: Float32Array, layout: ParameterLayout): Float32Array
  inverse(coefficients: Float64Array, layout: ParameterLayout): ArrayLike<number>
}

/** The parameters themselves. */
export const identity: Transform = {
  space: (size) => ({ domain: 'parameters', size }),
  forward: (x) => x,
  inverse: (coefficients) => coefficients,
}

export interface RankedOptions {
  readonly name: string
  readonly transform: Transform
  /** α: the share of the coordinates that this node sends in this round. */
  share(context: RoundContext): number
  /** From this share on all are sent, without indices, and V starts anew. */
  readonly fullFrom: number
  readonly accumulate: boolean
}

export function rankedSharing(options: RankedOptions): SharingStrategy<RankedState> {
  const { name, transform, fullFrom, accumulate } = options
  return {
    name,
    space: transform.space,
    init: (parameters) => ({
      model: parameters,
      scores: accumulate ? new Float32Array(transform.space(parameters.length).size) : null,
    }),
    *round(parameters, state, context) {
      const { layout } = context
      const { domain, size } = transform.space(parameters.length)
      const coefficients = transform.forward(parameters, layout)
      const scores = state.scores?.slice()
      const share = options.share(context)

      let payload: Values
      if (share >= fullFrom) {
        payload = { domain, values: coefficients }
        scores?.fill(0)
      } else {
        const change = transform.forward(difference(parameters, state.model), layout)
        const ranked = scores === undefined ? change : moved(change, scores)
        const indices = topK(ranked, coordinatesOf(share, size))
        payload = { domain, values: gather(coefficients, indices), selection: { size, indices } }
        for (let i = 0; scores !== undefined && i < indices.length; i++) scores[indices[i]!] = 0
      }
      const inbox = yield toAll(context.targets, payload)

      const delta = pull(coefficients, domain, inbox, context.weightOf)
      const mixed = moved(parameters, transform.inverse(delta, layout))
      if (scores === undefined) return { parameters: mixed, state: { model: mixed, scores: null } }
      const whole = transform.forward(difference(mixed, state.model), layout)
      return { parameters: mixed, state: { model: mixed, scores: moved(scores, whole) } }
    },
  }
}

function difference(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length)
  for (let i = 0; i < result.length; i++) result[i] = a[i]! - b[i]!
  return result
}
