/**
 * Sharing in fragments, each with neighbours of its own (see `fragmented.ts` of the topology room). The coordinates of
 * what a strategy sends are cut into K runs of equal length; fragment f goes to the targets of its graph and is
 * mixed with that graph's weights,
 *
 *   x'[k] = x[k] + Σ_j w^f_ij (x_j[k] − x[k]),  f the fragment of k.
 *
 * The strategy inside knows nothing of it: it addresses everybody at once, and meets a neighbour once for each
 * fragment that it has of him, as if these were different neighbours whose messages lack the other coordinates.
 */
import type {
  Inbox,
  Outbox,
  Payload,
  RoundContext,
  Selection,
  SharingStrategy,
  Values,
} from './interface.ts'
import { boundary, type Pieces, spanOf } from './pieces.ts'
import { encodeValues } from './values/index.ts'

/** The one target that the strategy inside has. */
const EVERYBODY = 0

/** `inner`, in the rounds in which the graph has fragments; it must not need every message. */
export function inFragments<S>(inner: SharingStrategy<S>): SharingStrategy<S> {
  return {
    ...inner,
    *round(parameters, state, context) {
      const { fragments } = context
      if (fragments === undefined) return yield* inner.round(parameters, state, context)
      const phases = inner.round(parameters, state, insideContext(context, fragments))
      let step = phases.next()
      while (!step.done) {
        const { outbox, expects } = step.value
        const inbox = yield {
          outbox: dealt(outbox.get(EVERYBODY), context, fragments),
          ...(expects !== undefined && { expects }),
        }
        step = phases.next(takenApart(inbox, fragments))
      }
      return step.value
    },
  }
}

type Fragments = NonNullable<RoundContext['fragments']>

/** Neighbour j as the holder of fragment f has the rank j K + f. */
function insideContext(context: RoundContext, fragments: Fragments): RoundContext {
  const count = fragments.length
  return {
    ...context,
    targets: [EVERYBODY],
    sources: context.sources.flatMap((source) =>
      fragments.flatMap(({ sources }, f) => (sources.includes(source) ? [source * count + f] : [])),
    ),
    weightOf: (holder) => fragments[holder % count]!.weightOf(Math.floor(holder / count)),
  }
}

/** To each target the fragments that are meant for it, as one message; the same object where they are the same. */
function dealt(
  payload: Payload | undefined,
  { targets, random }: RoundContext,
  fragments: Fragments,
): Outbox {
  if (payload === undefined || payload.domain === 'letter') return new Map()
  const messages = new Map<string, Values>()
  return new Map(
    targets.map((target) => {
      const held = fragments.flatMap(({ targets: theirs }, f) => (theirs.includes(target) ? f : []))
      const name = held.join()
      const message =
        messages.get(name) ??
        union(payload, held, fragments.length, (label) => random(`${label} of ${name}`))
      messages.set(name, message)
      return [target, message]
    }),
  )
}

/**
 * The message that holds these fragments of another, in the same codec. That rounds nothing a second time, unless values
 * share a step with others, whose blocks now begin elsewhere.
 */
function union(
  payload: Values,
  held: readonly number[],
  count: number,
  random: RoundContext['random'],
): Values {
  if (held.length === count) return payload
  const size = payload.selection?.size ?? payload.values.length
  const pieces = held.map((fragment) => piece(payload, fragment, count))
  const length = pieces.reduce((sum, { values }) => sum + values.length, 0)
  const values = new Float32Array(length)
  const indices = new Uint32Array(length)
  let at = 0
  for (const { values: some, selection } of pieces) {
    values.set(some, at)
    indices.set(selection!.indices, at)
    at += some.length
  }
  const encoded = encodeValues(values, payload.coded?.codec ?? 'float32', random)
  const selection = { size, indices, ...asDrawn(payload.selection, { count, held }) }
  return { domain: payload.domain, ...encoded, selection }
}

/** Indices that follow from a seed need not be sent in fragments either. */
function asDrawn(selection: Selection | undefined, pieces: Pieces): Partial<Selection> {
  if (selection?.seed === undefined) return {}
  return { seed: selection.seed, part: { drawn: selection.indices.length, pieces } }
}

/** Every message once for each fragment that its sender was to send; what else it holds is left out. */
function takenApart(inbox: Inbox, fragments: Fragments): Inbox {
  const count = fragments.length
  const parts = new Map<number, Payload>()
  for (const [source, payload] of inbox) {
    for (const [f, { sources }] of fragments.entries()) {
      if (payload.domain === 'letter' || !sources.includes(source)) continue
      parts.set(source * count + f, piece(payload, f, count))
    }
  }
  return parts
}

/** What a message holds of one fragment: views where its coordinates are named. */
function piece({ domain, values, selection }: Values, fragment: number, count: number): Values {
  const size = selection?.size ?? values.length
  if (selection === undefined) {
    const start = boundary(fragment, count, size)
    const end = boundary(fragment + 1, count, size)
    const indices = new Uint32Array(end - start).map((_, i) => start + i)
    return { domain, values: values.subarray(start, end), selection: { size, indices } }
  }
  const { indices } = selection
  const [from, to] = spanOf(indices, fragment, count, size)
  return {
    domain,
    values: values.subarray(from, to),
    selection: { size, indices: indices.subarray(from, to) },
  }
}
