/**
 * What a neighbour's silence says. A node that tells the coefficients of largest news, and remembers what it has told,
 * ĉ_j, leaves out only those within τ of that. So whoever remembers it too knows of a coefficient k that is missing
 * from j's message that c_j[k] lies in [ĉ_j[k] − τ, ĉ_j[k] + τ]. Where the listener's own c[k] lies
 * outside, it hears of j the end of the interval that is nearer; where it lies inside, nothing. A listener does not know
 * the neighbour's τ and takes its own.
 *
 * Without this, nothing pulls a coefficient back that drifts away while its neighbours stay where they are. In the
 * beginning, when all move, that is a gain, and a loss in the end.
 *
 * Only an unbroken row of messages may be read so. A neighbour that is not heard in a round is forgotten, and then
 * known by what it tells from the next message on: lost messages and changing neighbours cost the help of
 * silence, and nothing else. A message of no values counts as lost: a limit has emptied it on its way, and its sender does
 * not know.
 *
 * A kernel goes through everything that is said, remembered and known of a few coordinates at a time.
 */
import { type Address, copyIn, floatsAt, kernels, reserveNumbers } from '../numeric/kernels.ts'
import { unfilledFloats } from '../numeric/spare-memory.ts'
import type { Payload } from './interface.ts'
import { type Heard, inStretches } from './pull.ts'

/** By rank, what each neighbour has told since it has been heard in every round; NaN for coefficients it has not. */
export type Memories = ReadonlyMap<number, Float32Array>

interface Listener {
  /** c, its model as its neighbours have it. */
  readonly own: Float32Array
  /** s, what it has changed since it last told. */
  readonly news: Float32Array
  /** τ. */
  readonly least: number
}

/**
 * Murmur's average Δ in the kernels' memory, zero where nobody is heard; and what is remembered from now on.
 *
 * @param memories null where silence says nothing
 * @throws {PayloadMismatchError} on a message about another vector
 */
export function averageOfNews(
  { own, news, least }: Listener,
  { domain, inbox, weightOf }: Heard,
  memories: Memories | null,
): { readonly delta: Address; readonly memories: Memories } {
  const size = own.length
  const heard = { domain, inbox: new Map([...inbox].filter(saysSomething)), weightOf }
  const delta = reserveNumbers(size)
  const remembered = Array.from(heard.inbox.keys(), (source) =>
    memories === null || weightOf(source) === 0
      ? null
      : { source, before: memories.get(source), after: unfilledFloats(size) },
  )
  inStretches(size, heard, ({ first, end, messages, count }) => {
    const length = end - first
    const places = remembered.map((memory) => memory && recall(memory.before, first, end))
    kernels.averageNews(
      copyIn(own.subarray(first, end)),
      copyIn(news.subarray(first, end)),
      least,
      first,
      length,
      messages,
      memories === null ? 0 : copyIn(Uint32Array.from(places, (place) => place ?? 0)),
      count,
      delta + first * Float32Array.BYTES_PER_ELEMENT,
    )
    for (const [i, memory] of remembered.entries()) {
      memory?.after.set(floatsAt(places[i]!, length), first)
    }
  })
  const kept = remembered.flatMap((memory) => memory ?? [])
  return { delta, memories: new Map(kept.map(({ source, after }) => [source, after])) }
}

function saysSomething([, payload]: readonly [number, Payload]): boolean {
  return payload.domain === 'letter' || payload.values.length > 0
}

/** A stretch of a memory in the kernels'; of none, nothing but NaN. */
function recall(memory: Float32Array | undefined, first: number, end: number): Address {
  if (memory !== undefined) return copyIn(memory.subarray(first, end))
  const nothing = reserveNumbers(end - first)
  floatsAt(nothing, end - first).fill(Number.NaN)
  return nothing
}
