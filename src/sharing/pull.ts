/**
 * What neighbours' messages pull a vector towards,
 *
 *   Δ[k] = Σ_j w_ij (x_j[k] − x_i[k]) over the neighbours j whose message holds coordinate k.
 *
 * Adding it is the average in which a coordinate that a message lacks stands at the receiver's own value; so the
 * weight of what is missing, a coordinate or a neighbour, stays with the node itself. Sums are in double precision,
 * neighbours in the order of the inbox. Where all agree Δ is exactly zero.
 */
import { PayloadMismatchError } from './errors.ts'
import type { Domain, Inbox, Payload, Phase, Values } from './interface.ts'

/**
 * Δ of `own`, a vector of `domain`.
 *
 * @throws {PayloadMismatchError} on a message about another vector
 */
export function pull(
  own: Float32Array,
  domain: Domain,
  inbox: Inbox,
  weightOf: (source: number) => number,
): Float64Array {
  const sums = new Float64Array(own.length)
  for (const [source, payload] of inbox) {
    checkFits(payload, source, domain, own.length)
    const weight = weightOf(source)
    const { values, selection } = payload
    if (selection === undefined) {
      for (let k = 0; k < sums.length; k++) sums[k]! += weight * (values[k]! - own[k]!)
      continue
    }
    const { indices } = selection
    for (let i = 0; i < indices.length; i++) {
      const k = indices[i]!
      sums[k]! += weight * (values[i]! - own[k]!)
    }
  }
  return sums
}

/** @throws {PayloadMismatchError} unless the message is about a vector of this domain and size */
export function checkFits(
  payload: Payload,
  source: number,
  domain: Domain,
  size: number,
): asserts payload is Values {
  const received =
    payload.domain === 'letter' ? 0 : (payload.selection?.size ?? payload.values.length)
  if (received !== size || payload.domain !== domain) {
    throw new PayloadMismatchError(source, received, size)
  }
}

/** The phase in which every target gets the same. */
export function toAll(targets: readonly number[], payload: Payload): Phase {
  return { outbox: new Map(targets.map((target) => [target, payload])) }
}

/** x + Δ, rounded once. */
export function moved(x: Float32Array, delta: ArrayLike<number>): Float32Array {
  const result = new Float32Array(x.length)
  for (let k = 0; k < x.length; k++) result[k] = x[k]! + delta[k]!
  return result
}

/** The values at these places. */
export function gather(vector: Float32Array, indices: Uint32Array): Float32Array {
  const values = new Float32Array(indices.length)
  for (let i = 0; i < indices.length; i++) values[i] = vector[indices[i]!]!
  return values
}
