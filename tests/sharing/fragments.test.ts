/** Messages in fragments against the literal rule: every coordinate is mixed with its own fragment's graph. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import {
  createStrategy,
  decodeFrame,
  encodeFrame,
  type ShareOptions,
  shareSchema,
} from '../../src/sharing/index.ts'
import type {
  Inbox,
  Neighbourhood,
  Outbox,
  Payload,
  Phase,
  RoundContext,
} from '../../src/sharing/interface.ts'
import { createTopology, weightsFor } from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'
import { inClear } from '../support/in-clear.ts'

const SIZE = 41
const NODES = 9
const layout = createLayout([{ name: 'w', shape: [SIZE], initialiser: { kind: 'zeros' } }])

function graphOf(fragments: number, seed = 1, round = 0): Graph {
  return createTopology({ kind: 'el-local', degree: 2 }, { nodes: NODES, seed, fragments }).graph(
    round,
  )
}

function contextOf(graph: Graph, self: number): RoundContext {
  const placeIn = (part: Graph): Neighbourhood => {
    const weights = weightsFor(part, self, 'uniform')
    return {
      targets: part.targets[self]!,
      sources: part.sources[self]!,
      weightOf: (source) => weights.get(source) ?? 0,
    }
  }
  return {
    ...placeIn(graph),
    ...(graph.fragments && { fragments: graph.fragments.map(placeIn) }),
    round: 0,
    self,
    layout,
    random: (label) => randomStream(4, label, self),
  }
}

/** One round of all; `change` is what the network makes of a message, null for one that is lost. */
function runRound(
  options: ShareOptions,
  graph: Graph,
  models: readonly Float32Array[],
  change: (payload: Payload, from: number, to: number) => Payload | null = (payload) => payload,
) {
  const strategy = createStrategy(options)
  const rounds = models.map((model, self) =>
    strategy.round(model, strategy.init(model, layout), contextOf(graph, self)),
  )
  const outboxes: Outbox[] = rounds.map((round) => (round.next().value as Phase).outbox)
  const mixed = rounds.map((round, self) => {
    const inbox: Inbox = new Map(
      graph.sources[self]!.flatMap((source) => {
        const payload = change(outboxes[source]!.get(self)!, source, self)
        return payload === null ? [] : [[source, payload] as const]
      }),
    )
    const end = round.next(inbox)
    if (!end.done) throw new Error('one phase')
    return end.value.parameters
  })
  return { outboxes, mixed }
}

const drawn = (seed: number) =>
  Array.from({ length: NODES }, (_, rank) => {
    const random = randomStream(seed, 'model', rank)
    return Float32Array.from({ length: SIZE }, () => random.normal())
  })

/** x_i[k] + Σ_j w^f_ij (x_j[k] − x_i[k]), f the fragment of k, over the neighbours that were heard. */
function literal(
  graph: Graph,
  models: readonly Float32Array[],
  arrives: (from: number, to: number) => boolean = () => true,
) {
  const fragments = graph.fragments!
  return models.map((own, self) =>
    own.map((x, k) => {
      const f = fragments.findIndex(
        (_, each) => k < Math.floor(((each + 1) * SIZE) / fragments.length),
      )
      let sum = 0
      for (const [source, weight] of weightsFor(fragments[f]!, self, 'uniform')) {
        if (arrives(source, self)) sum += weight * (models[source]![k]! - x)
      }
      return x + sum
    }),
  )
}

describe('full sharing in fragments', () => {
  const options = shareSchema.parse({ method: 'full' })

  test('mixes every coordinate with the graph of its fragment, whoever is not heard', () => {
    const cases = fc.record({
      fragments: fc.integer({ min: 2, max: SIZE + 3 }),
      seed: fc.nat(1000),
      lost: fc.float({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(cases, ({ fragments, seed, lost }) => {
        const graph = graphOf(fragments, seed)
        const models = drawn(seed)
        const arrives = (from: number, to: number) =>
          randomStream(seed, 'loss', from, to).uniform() >= lost
        const { mixed } = runRound(options, graph, models, (payload, from, to) =>
          arrives(from, to) ? payload : null,
        )
        expect(mixed).toEqual(literal(graph, models, arrives))
      }),
      { numRuns: 60 },
    )
  })

  test('equal models stay equal to the last bit', () => {
    const [model] = drawn(2)
    const models = Array.from({ length: NODES }, () => model!)
    const { mixed } = runRound(options, graphOf(5), models)
    for (const each of mixed) expect(each).toEqual(model)
  })

  test('a node sends as many values as without fragments, to more others', () => {
    const models = drawn(3)
    const count = (outbox: Outbox) =>
      [...outbox.values()].reduce((sum, payload) => sum + inClear(payload).values.length, 0)
    const whole = runRound(options, graphOf(1), models).outboxes
    const cut = runRound(options, graphOf(4), models).outboxes
    expect(cut.map(count)).toEqual(whole.map(count))
    const targets = (outboxes: Outbox[]) => outboxes.reduce((sum, { size }) => sum + size, 0)
    expect(targets(cut)).toBeGreaterThan(2 * targets(whole))
  })

  test('coordinates that a neighbour was not to send have no effect', () => {
    const graph = graphOf(4)
    const models = drawn(5)
    const whole = (payload: Payload, from: number): Payload => ({
      domain: inClear(payload).domain,
      values: models[from]!,
    })
    expect(runRound(options, graph, models, whole).mixed).toEqual(
      runRound(options, graph, models).mixed,
    )
  })
})

test.each(['jwins', 'top-k', 'random-subsampling'])('%s goes in fragments too', (method) => {
  const options = shareSchema.parse({ method, budget: 0.2 })
  const graph = graphOf(3)
  const models = drawn(6)
  const { outboxes, mixed } = runRound(options, graph, models)
  for (const outbox of outboxes) {
    for (const payload of outbox.values()) {
      const { values, selection } = inClear(payload)
      if (selection === undefined) continue
      expect(values).toHaveLength(selection.indices.length)
      expect(selection.indices).toEqual(selection.indices.toSorted())
    }
  }
  expect(mixed).not.toEqual(models)
})

test('random places in fragments follow from a seed on the wire, too, and receivers mix the same', () => {
  const options = shareSchema.parse({ method: 'random-subsampling', budget: 0.3 })
  const graph = graphOf(4)
  const models = drawn(7)
  const run = new Uint8Array(16)
  let named = 0
  const { mixed } = runRound(options, graph, models, (payload) => {
    const { bytes, indices } = encodeFrame({ run, round: 0, phase: 0, payload })
    named += indices
    return decodeFrame(bytes, { space: { domain: 'parameters', size: SIZE } }).payload
  })
  expect(named).toBe(0)
  expect(mixed).toEqual(runRound(options, graph, models).mixed)
})
