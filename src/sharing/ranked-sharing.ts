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
 * So V[k] is what T(p)[k] is more than it was before the round that last sent k. It is kept as that base, B = T(p) − V,
 * which changes where something is sent and nowhere else, and saves one transform of three:
 *
 *   s ← c − B;  B[I] ← T(p)[I]
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
import { coordinatesOf, shareWithin } from './budget.ts'
import { releasePayload } from './frame.ts'
import type { RoundContext, SharingStrategy, Values } from './interface.ts'
import { gatherAt, pull, replaceAt, replaceSent, toAll } from './pull.ts'
import type { Transform } from './transform.ts'
import { encodeValues, type Precision, USUAL_BITS } from './values/index.ts'

export interface RankedState {
  /** p, the model after the previous averaging. */
  readonly model: Float32Array
  /** B, from where the change of each coordinate is counted; null where that is p. */
  readonly base: Float32Array | null
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
    init: (parameters, layout) => ({
      model: parameters,
      base: accumulate ? transform.forward(parameters, layout) : null,
    }),
    *round(parameters, state, context) {
      const { layout, random } = context
      const { domain, size } = transform.space(parameters.length)
      const bits = USUAL_BITS[options.values]
      const share = shareWithin(options.share(context), context.allowance, size, bits)

      const own = borrowFloats(size)
      const { chosen, selection, before } = inScratch(() => {
        const coefficients = transform.forwardAt(copyIn(parameters), layout)
        own.set(floatsAt(coefficients, size))
        const p = transform.forwardAt(copyIn(state.model), layout)
        if (share >= fullFrom) return { chosen: own.slice(), before: copyFloats(p, size) }
        const score = reserveNumbers(size)
        const base = state.base === null ? p : copyIn(state.base)
        kernels.difference(coefficients, base, size, score)
        const count = coordinatesOf(share, size)
        const indices = topKAt(score, size, count)
        return {
          chosen: gatherAt(coefficients, indices, count),
          selection: { size, indices: borrowedIntegers(indices, count) },
          before: gatherAt(p, indices, count),
        }
      })
      const encoded = encodeValues(chosen, options.values, random)
      const payload: Values = { domain, ...encoded, ...(selection && { selection }) }
      if (options.errorFeedback) subtractRests(before, chosen, payload.values)
      const base = state.base && rebased(state.base, selection?.indices, before)
      giveBack(before)
      replaceSent(own, payload)
      const inbox = yield toAll(context.targets, payload)

      const heard = { domain, inbox, weightOf: context.weightOf }
      const model = inScratch(() => {
        const x = copyIn(parameters)
        const mixed = transform.movedAt(x, (onto) => pull(own, heard, onto), layout)
        return copyFloats(mixed, parameters.length)
      })
      for (const borrowed of [own, chosen]) giveBack(borrowed)
      releasePayload(payload)
      return { parameters: model, state: { model, base } }
    },
  }
}

/** before ← before − (c[I] − ĉ[I]) */
function subtractRests(before: Float32Array, chosen: Float32Array, sent: Float32Array): void {
  for (let i = 0; i < before.length; i++) before[i]! -= chosen[i]! - sent[i]!
}

/** B after a round in which these coordinates, or all, are sent. */
function rebased(
  base: Float32Array,
  indices: Uint32Array | undefined,
  before: Float32Array,
): Float32Array {
  if (indices === undefined) return before
  const result = base.slice()
  replaceAt(result, indices, before)
  return result
}
