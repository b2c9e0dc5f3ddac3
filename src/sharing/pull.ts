/**
 * What neighbours' messages pull a vector towards,
 *
 *   Δ[k] = Σ_j w_ij (x_j[k] − x_i[k]) over the neighbours j whose message holds coordinate k.
 *
 * Adding it is the average in which a coordinate that a message lacks stands at the receiver's own value; so the
 * weight of what is missing, a coordinate or a neighbour, stays with the node itself. Sums are in double precision,
 * neighbours in the order of the inbox. Where all agree Δ is exactly zero.
 */
import {
  type Address,
  borrowedFloats,
  copyIn,
  floatsAt,
  inScratch,
  kernels,
  reserve,
  reserveNumbers,
} from '../numeric/kernels.ts'
import { PayloadMismatchError } from './errors.ts'
import type { Domain, Inbox, Payload, Phase, Values } from './interface.ts'
import { isExact } from './values/index.ts'

/** Messages about a vector of `domain`. */
export interface Heard {
  readonly domain: Domain
  readonly inbox: Inbox
  weightOf(source: number): number
}

/** onto + Δ, rounded once. Δ is that of `own`, by default the same vector. */
export function pulled(onto: Float32Array, heard: Heard, own = onto): Float32Array {
  const result = new Float32Array(own.length)
  inStretches(own.length, heard, ({ first, end, messages, count }) => {
    const from = copyIn(own.subarray(first, end))
    const base = onto === own ? from : copyIn(onto.subarray(first, end))
    const to = reserveNumbers(end - first)
    kernels.pull(from, first, end - first, messages, count, base, to)
    result.set(floatsAt(to, end - first), first)
  })
  return result
}

/**
 * Δ of `own`, or the sum of Δ and `onto`, each value rounded once, in the kernels' memory.
 *
 * @throws {PayloadMismatchError} on a message about another vector
 */
export function pull(own: Float32Array, heard: Heard, onto = 0): Address {
  const to = reserveNumbers(own.length)
  inStretches(own.length, heard, ({ first, end, messages, count }) => {
    const offset = first * Float32Array.BYTES_PER_ELEMENT
    const base = onto === 0 ? 0 : onto + offset
    const from = copyIn(own.subarray(first, end))
    kernels.pull(from, first, end - first, messages, count, base, to + offset)
  })
  return to
}

/** Coordinates from `first` on, before `end`, and what the messages say of them, as the kernels read it. */
export interface Stretch {
  readonly first: number
  readonly end: number
  readonly messages: Address
  /** How many messages. */
  readonly count: number
}

/** Coordinates taken at a time: what is said of them stays in the processor's cache. A multiple of four. */
const STRETCH = 32768
/** Bytes of the kernels' description of a message. */
const MESSAGE = 24

/**
 * Calls with each stretch of a vector of `size`, in turn; messages are in the order of the inbox.
 *
 * @throws {PayloadMismatchError} on a message about another vector
 */
export function inStretches(
  size: number,
  { domain, inbox, weightOf }: Heard,
  call: (stretch: Stretch) => void,
): void {
  const said = Array.from(inbox, ([source, payload]) => {
    checkFits(payload, source, domain, size)
    const { values, selection } = payload
    return { values, indices: selection?.indices, weight: weightOf(source), read: 0 }
  })
  for (let first = 0; first < size; first += STRETCH) {
    const end = Math.min(size, first + STRETCH)
    inScratch(() => {
      const messages = reserve(MESSAGE * said.length)
      for (const [i, message] of said.entries()) {
        const { values, indices, read, weight } = message
        message.read = indices === undefined ? end : placeOf(end, indices, read)
        const indicesAt = indices === undefined ? 0 : copyIn(indices.subarray(read, message.read))
        const valuesAt = copyIn(values.subarray(read, message.read))
        const description = new DataView(kernels.memory.buffer, messages + MESSAGE * i, MESSAGE)
        description.setUint32(0, indicesAt, true)
        description.setUint32(4, valuesAt, true)
        description.setUint32(8, message.read - read, true)
        description.setUint32(12, 0, true)
        description.setFloat64(16, weight, true)
      }
      call({ first, end, messages, count: said.length })
    })
  }
}

/** How many of the ascending indices are smaller than `index`, given that the first `known` are. */
function placeOf(index: number, indices: Uint32Array, known: number): number {
  let [low, high] = [known, Math.min(indices.length, known + STRETCH)]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (indices[middle]! < index) low = middle + 1
    else high = middle
  }
  return low
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

/** `vector` as its neighbours have it: rounded where it was sent. The same array where nothing was rounded. */
export function asSent(vector: Float32Array, { values, coded, selection }: Values): Float32Array {
  if (coded === undefined || isExact(coded.codec)) return vector
  if (selection === undefined) return values
  const result = vector.slice()
  replaceAt(result, selection.indices, values)
  return result
}

/** Makes of a vector of one's own, in its place, what neighbours have of it. */
export function replaceSent(vector: Float32Array, { values, coded, selection }: Values): void {
  if (coded === undefined || isExact(coded.codec)) return
  if (selection === undefined) vector.set(values)
  else replaceAt(vector, selection.indices, values)
}

/** vector[I] ← values */
export function replaceAt(vector: Float32Array, indices: Uint32Array, values: Float32Array): void {
  for (let i = 0; i < indices.length; i++) vector[indices[i]!] = values[i]!
}

/** The values at these places. */
export function gather(vector: Float32Array, indices: Uint32Array): Float32Array {
  return inScratch(() => gatherAt(copyIn(vector), copyIn(indices), indices.length))
}

/** The same of a vector, and `count` indices, in the kernels' memory; in borrowed memory. */
export function gatherAt(vector: Address, indices: Address, count: number): Float32Array {
  return inScratch(() => {
    const values = reserveNumbers(count)
    kernels.gather(vector, indices, count, values)
    return borrowedFloats(values, count)
  })
}
