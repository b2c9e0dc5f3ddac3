/**
 * From a node's coefficients to the words that a receiver gets from it, and from a sum of words to the receiver's new
 * model. With c = T(x), the coefficients at the round's coordinates K,
 *
 *   q_i = quantise(v_ij · c_i[K])         x'_j = x_j + T⁻¹(Δ),  Δ[K] = u_j · Σ_i q_i 2^−f − (Σ_i w_ij) · c_j[K]
 *
 * where all weights of a receiver are equal, as on a regular graph, v_ij = 1 and u_j = w_j; else v_ij = w_ij and u_j = 1,
 * for weights cannot be applied to what is known as a sum only. Weights follow from public degrees.
 */
import {
  CIPHER_NONCE_LENGTH,
  dequantise,
  type Quantised,
  quantise,
  type Ring,
  type Words,
  wipe,
} from '../../../crypto/index.ts'
import type { ParameterLayout } from '../../model/parameters.ts'
import { gather, moved } from '../pull.ts'
import type { Transform } from '../transform.ts'
import type { PrivatePorts, Roll } from './interface.ts'

/** A key of `rounding` serves one vector. */
const NO_NONCE = new Uint8Array(CIPHER_NONCE_LENGTH)

/**
 * The words of one sender for one receiver, and how many values had to be cut to the ring's range.
 * @throws {NotFiniteError}
 */
export function wordsFor(
  { suite, roll, rounding }: Pick<PrivatePorts, 'suite' | 'roll' | 'rounding'>,
  ring: Ring,
  values: Float32Array,
  at: { readonly round: number; readonly receiver: number; readonly sender: number },
): Quantised {
  const { round, receiver, sender } = at
  const weight = weightBeforehand(roll, receiver, sender, round)
  const weighted = weight === 1 ? values : values.map((value) => value * weight)
  if (ring.width === 32) return quantise(ring, weighted)
  const key = rounding(round, receiver)
  try {
    return quantise(ring, weighted, suite.keystream(key, NO_NONCE))
  } finally {
    wipe(key)
  }
}

/** What a sender multiplies its values with before they are summed: v_ij. */
export function weightBeforehand(roll: Roll, receiver: number, sender: number, round: number) {
  return commonWeight(roll, receiver, round) === undefined
    ? roll.weight(receiver, sender, round)
    : 1
}

/** The weight of all who send to a receiver, where it is the same. */
export function commonWeight(roll: Roll, receiver: number, round: number): number | undefined {
  const weights = roll
    .sendersTo(receiver, round)
    .map((sender) => roll.weight(receiver, sender, round))
  return weights.every((weight) => weight === weights[0]) ? weights[0] : undefined
}

export interface Adoption {
  readonly ring: Ring
  readonly transform: Transform
  readonly layout: ParameterLayout
  readonly parameters: Float32Array
  readonly coefficients: Float32Array
  readonly indices: Uint32Array
  readonly roll: Roll
  readonly self: number
  readonly round: number
}

/** The model after mixing in the sum of the survivors' words. */
export function adoptSum(
  { ring, transform, layout, parameters, coefficients, indices, roll, self, round }: Adoption,
  sum: Words,
  survivors: readonly number[],
): Float32Array {
  const scale = commonWeight(roll, self, round) ?? 1
  const own = survivors.reduce((total, sender) => total + roll.weight(self, sender, round), 0)
  const values = dequantise(ring, sum)
  const theirs = gather(coefficients, indices)
  const delta = new Float64Array(coefficients.length)
  for (let i = 0; i < indices.length; i++) {
    delta[indices[i]!] = scale * values[i]! - own * theirs[i]!
  }
  return moved(parameters, transform.inverse(delta, layout))
}
