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
import {
  copyFloats,
  copyIn,
  copyIntegers,
  floatsAt,
  inScratch,
  kernels,
} from '../numeric/kernels.ts'
import { borrowVector, returnVector } from '../numeric/spare-vectors.ts'
import { topKAt } from '../numeric/top-k.ts'
import { addTo, clearAt } from '../numeric/vector.ts'
import { coordinatesOf, shareWithin } from './budget.ts'
import type { RoundContext, SharingStrategy, Values } from './interface.ts'
import { gatherAt, pull, replaceSent, toAll } from './pull.ts'
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
      const { layout, random } = context
      const { domain, size } = transform.space(parameters.length)
      const bits = USUAL_BITS[options.values]
      const share = shareWithin(options.share(context), context.allowance, size, bits)

      const own = borrowVector(size)
      const { chosen, selection } = inScratch(() => {
        const x = copyIn(parameters)
        const coefficients = transform.forwardAt(x, layout)
        own.set(floatsAt(coefficients, size))
        if (share >= fullFrom) return { chosen: own.slice() }
        const score = transform.forwardAt(x, layout, copyIn(state.model))
        if (state.scores !== null) addTo(score, state.scores)
        const count = coordinatesOf(share, size)
        const indices = topKAt(score, size, count)
        return {
          chosen: gatherAt(coefficients, indices, count),
          selection: { size, indices: copyIntegers(indices, count) },
        }
      })
      const encoded = encodeValues(chosen, options.values, random)
      const payload: Values = { domain, ...encoded, ...(selection && { selection }) }
      const inbox = yield toAll(context.targets, payload)

      replaceSent(own, payload)
      const heard = { domain, inbox, weightOf: context.weightOf }
      const outcome = inScratch(() => {
        const x = copyIn(parameters)
        const mixed = transform.movedAt(x, (onto) => pull(own, heard, onto), layout)
        const model = copyFloats(mixed, parameters.length)
        if (state.scores === null) return { parameters: model, state: { model, scores: null } }
        const change = transform.forwardAt(mixed, layout, copyIn(state.model))
        const sum = copyIn(state.scores)
        const scores = floatsAt(sum, size)
        if (options.errorFeedback) keepRests(scores, payload, chosen)
        else forgetSent(scores, payload)
        kernels.sum(sum, change, size, sum)
        return { parameters: model, state: { model, scores: copyFloats(sum, size) } }
      })
      returnVector(own)
      return outcome
    },
  }
}

/** V[I] ← 0 */
function forgetSent(scores: Float32Array, { selection }: Values): void {
  if (selection === undefined) scores.fill(0)
  else clearAt(scores, selection.indices)
}

/** V[I] ← c[I] − ĉ[I] */
function keepRests(
  scores: Float32Array,
  { values, selection }: Values,
  chosen: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    const k = selection === undefined ? i : selection.indices[i]!
    scores[k] = chosen[i]! - values[i]!
  }
}
