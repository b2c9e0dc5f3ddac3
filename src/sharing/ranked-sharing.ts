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
 * Values may be rounded on the way, c[I] to ĉ[I]; x' then takes ĉ[I] for c[I] on both sides of the difference, so that the
 * mean of all models does not move where all coordinates are sent. V could keep the rest, V[I] ← c[I] − ĉ[I], which
 * neighbours do not know (`errorFeedback`). With integers of few bits that costs accuracy: large coefficients have large
 * rests, and take the places of those that have changed.
 *
 * T⁻¹(Δ) is added to x instead of transforming the averaged coefficients back. It is the same by linearity, one
 * rounding less, and leaves a model that agrees with its neighbours' as it is to the last bit.
 */
import { z } from 'zod'
import { type Address, copyIn, floatsAt, inScratch, kernels } from '../numeric/kernels.ts'
import { topKAt } from '../numeric/top-k.ts'
import { coordinatesOf, shareWithin } from './budget.ts'
import type { RoundContext, SharingStrategy, Values } from './interface.ts'
import { asSent, gather, pull, toAll } from './pull.ts'
import type { Transform } from './transform.ts'
import { encodeValues, type Precision, USUAL_BITS } from './values/index.ts'

export interface RankedState {
  /** p, the model after the previous averaging. */
  readonly model: Float32Array
  /** V, null where scores are not accumulated. */
  readonly scores: Float32Array | null
}

export interface RankedOptions {
  readonly name: string
  readonly transform: Transform
  /** α: the share of the coordinates that this node sends in this round. */
  share(context: RoundContext): number
  /** From this share on all are sent, without indices, and V starts anew. */
  readonly fullFrom: number
  readonly accumulate: boolean
  /** How precisely values are sent. */
  readonly values: Precision
  /** Whether V keeps what rounding has left of a value that was sent. */
  readonly errorFeedback: boolean
}

/** Option of these strategies. */
export const errorFeedbackSchema = z
  .boolean()
  .default(false)
  .describe('Rank what rounding has left of a sent value as change that was not sent.')

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
      const bits = USUAL_BITS[options.values]
      const share = shareWithin(options.share(context), context.allowance, size, bits)

      let payload: Values
      if (share >= fullFrom) {
        payload = { domain, ...encodeValues(coefficients, options.values, context.random) }
      } else {
        const indices = inScratch(() => {
          const score = transform.change(parameters, state.model, layout)
          if (state.scores !== null) kernels.sum(score, copyIn(state.scores), size, score)
          return topKAt(score, size, coordinatesOf(share, size))
        })
        const chosen = gather(coefficients, indices)
        const encoded = encodeValues(chosen, options.values, context.random)
        payload = { domain, ...encoded, selection: { size, indices } }
      }
      const sent = asSent(coefficients, payload)
      const inbox = yield toAll(context.targets, payload)

      const heard = { domain, inbox, weightOf: context.weightOf }
      const mixed = transform.moved(parameters, (onto) => pull(sent, heard, onto), layout)
      if (state.scores === null) return { parameters: mixed, state: { model: mixed, scores: null } }
      const before = state.scores
      const scores = inScratch(() => {
        const sum = copyIn(before)
        if (options.errorFeedback) keepRests(floatsAt(sum, size), payload, coefficients)
        else forgetSent(sum, size, payload)
        kernels.sum(sum, transform.change(mixed, state.model, layout), size, sum)
        return floatsAt(sum, size).slice()
      })
      return { parameters: mixed, state: { model: mixed, scores } }
    },
  }
}

/** V[I] ← 0 */
function forgetSent(scores: Address, size: number, { selection }: Values): void {
  if (selection === undefined) floatsAt(scores, size).fill(0)
  else kernels.clear(scores, copyIn(selection.indices), selection.indices.length)
}

/** V[I] ← c[I] − ĉ[I] */
function keepRests(
  scores: Float32Array,
  { values, selection }: Values,
  coefficients: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    const k = selection === undefined ? i : selection.indices[i]!
    scores[k] = coefficients[k]! - values[i]!
  }
}
