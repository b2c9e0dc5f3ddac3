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
 * silence, and nothing else.
 */
import type { Domain, Inbox, Values } from './interface.ts'
import { checkFits, type Heard } from './pull.ts'

/** By rank, what each neighbour has told since it has been heard in every round; NaN for coefficients it has not. */
export type Memories = ReadonlyMap<number, Float32Array>

/** The listener's model as its neighbours have it, and τ. */
interface Listener {
  readonly own: Float32Array
  readonly least: number
}

/**
 * The messages with what their silence says, and what is remembered of them.
 *
 * @throws {PayloadMismatchError} on a message about another vector
 */
export function listen(
  { own, least }: Listener,
  memories: Memories,
  { domain, inbox, weightOf }: Heard,
): { readonly inbox: Inbox; readonly memories: Memories } {
  const voices = new Map<number, Values>()
  const remembered = new Map<number, Float32Array>()
  for (const [source, message] of inbox) {
    checkFits(message, source, domain, own.length)
    if (weightOf(source) === 0) continue
    const memory = memories.get(source)?.slice() ?? new Float32Array(own.length).fill(Number.NaN)
    voices.set(source, withSilence(domain, message, memory, { own, least }))
    remembered.set(source, memory)
  }
  return { inbox: voices, memories: remembered }
}

/** Writes what the message tells into `memory`. */
function withSilence(
  domain: Domain,
  message: Values,
  memory: Float32Array,
  { own, least }: Listener,
): Values {
  const { values, selection } = message
  if (selection === undefined) {
    memory.set(values)
    return message
  }
  const indices = new Uint32Array(own.length)
  const heard = new Float32Array(own.length)
  let count = 0
  let told = 0
  for (let k = 0; k < own.length; k++) {
    const distance = memory[k]! - own[k]!
    if (selection.indices[told] === k) {
      memory[k] = values[told++]!
      heard[count] = memory[k]!
    } else if (distance > least) heard[count] = memory[k]! - least
    else if (distance < -least) heard[count] = memory[k]! + least
    else continue
    indices[count++] = k
  }
  return {
    domain,
    values: heard.subarray(0, count),
    selection: { size: own.length, indices: indices.subarray(0, count) },
  }
}
