/** Laws that every sharing strategy keeps; a new one joins by standing in the registry. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { meanVector } from '../../src/numeric/vector.ts'
import {
  createStrategy,
  encodeFrame,
  type ShareOptions,
  type strategies,
} from '../../src/sharing/index.ts'
import type { Inbox, Outbox, SharingStrategy } from '../../src/sharing/interface.ts'
import { createTopology, weightsFor } from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'
import { matrixProduct, mixingMatrix } from '../reference/mixing-matrix.ts'

const SIZE = 37
const layout = createLayout([{ name: 'w', shape: [SIZE], initialiser: { kind: 'zeros' } }])

/** One set of options for each method. */
const cases = { full: { method: 'full' }, none: { method: 'none' } } satisfies Record<
  keyof typeof strategies,
  ShareOptions
>

/** Strategies whose one round is exactly x ← W x; the others only approach it. */
const EXACT = new Set(['full'])

interface World {
  readonly graph: Graph
  readonly strategy: SharingStrategy
  readonly models: Float32Array[]
  readonly states: unknown[]
}

function world(options: ShareOptions, graph: Graph, seed = 1, equal = false): World {
  const strategy = createStrategy(options)
  const models = graph.targets.map((_, rank) => {
    const random = randomStream(seed, 'model', equal ? 0 : rank)
    return Float32Array.from({ length: SIZE }, () => random.normal())
  })
  return { graph, strategy, models, states: models.map((model) => strategy.init(model, layout)) }
}

/** Runs one round of all nodes side by side; `arrives` says which messages do. */
function runRound(
  { graph, strategy, models, states }: World,
  round: number,
  arrives: (from: number, to: number) => boolean = () => true,
) {
  const sent: Outbox[] = []
  const runs = models.map((model, self) => {
    const weights = weightsFor(graph, self, 'metropolis-hastings')
    return strategy.round(model, states[self], {
      round,
      self,
      targets: graph.targets[self]!,
      sources: graph.sources[self]!,
      weightOf: (source) => weights.get(source) ?? 0,
      layout,
      random: (label) => randomStream(1, 'sharing', label, self, round),
    })
  })
  let steps = runs.map((run) => run.next())
  while (steps.some((step) => !step.done)) {
    const outboxes = steps.map((step) => step.value as Outbox)
    sent.push(...outboxes)
    steps = runs.map((run, self) => {
      const inbox: Inbox = new Map(
        graph.sources[self]!.flatMap((source) => {
          const payload = outboxes[source]!.get(self)
          return payload !== undefined && arrives(source, self) ? [[source, payload] as const] : []
        }),
      )
      return run.next(inbox)
    })
  }
  const results = steps.map((step) => step.value as { parameters: Float32Array; state: unknown })
  return {
    sent,
    models: results.map(({ parameters }) => parameters),
    states: results.map(({ state }) => state),
  }
}

const graphs = {
  regular: createTopology({ kind: 'regular', degree: 4 }, { nodes: 10, seed: 1 }).graph(0),
  star: createTopology({ kind: 'star' }, { nodes: 12, seed: 1 }).graph(0),
  directed: createTopology({ kind: 'el-local', degree: 3 }, { nodes: 9, seed: 1 }).graph(0),
}

describe.each(Object.entries(cases))('%s', (name, options) => {
  test.each(Object.entries(graphs))('equal inputs stay equal bit for bit (%s)', (_, graph) => {
    const here = world(options, graph, 2, true)
    for (const model of runRound(here, 0).models) expect(bits(model)).toEqual(bits(here.models[0]!))
  })

  test.each(['regular', 'star'] as const)('the mean of all models is preserved (%s)', (kind) => {
    const here = world(options, graphs[kind])
    const before = meanVector(here.models)
    const after = meanVector(runRound(here, 0).models)
    for (let i = 0; i < SIZE; i++) expect(after[i]).toBeCloseTo(before[i]!, 6)
  })

  test.each(Object.entries(graphs))(
    'agrees with the literal matrix product (%s)',
    (kind, graph) => {
      if (!EXACT.has(name)) return
      const here = world(options, graph)
      const w = mixingMatrix(graph, kind === 'directed' ? 'uniform' : 'metropolis-hastings')
      const expected = matrixProduct(w, here.models)
      for (const [rank, model] of runRound(here, 0).models.entries()) {
        for (let i = 0; i < SIZE; i++) expect(model[i]).toBeCloseTo(expected[rank]![i]!, 6)
      }
    },
  )

  test('absent neighbours are tolerated, and nobody leaves the range of the models', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const here = world(options, graphs.regular)
        const random = randomStream(seed, 'absent')
        const { models } = runRound(here, 0, () => random.uniform() < 0.5)
        for (let i = 0; i < SIZE; i++) {
          const column = here.models.map((model) => model[i]!)
          for (const model of models) {
            expect(model[i]).toBeGreaterThanOrEqual(Math.min(...column))
            expect(model[i]).toBeLessThanOrEqual(Math.max(...column))
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  test('a node that hears nobody keeps its model', () => {
    const here = world(options, graphs.regular)
    const { models } = runRound(here, 0, () => false)
    for (const [rank, model] of models.entries()) {
      expect(bits(model)).toEqual(bits(here.models[rank]!))
    }
  })

  test('same seed, same bytes', () => {
    const bytes = () =>
      runRound(world(options, graphs.regular), 3).sent.map((outbox) =>
        Array.from(outbox, ([target, payload]) => [
          target,
          encodeFrame({ run: new Uint8Array(16), round: 3, phase: 0, payload }).bytes,
        ]),
      )
    expect(bytes()).toEqual(bytes())
  })

  test('inputs are never mutated', () => {
    const here = world(options, graphs.regular)
    const before = structuredClone({ models: here.models, states: here.states })
    runRound(here, 0)
    expect({ models: here.models, states: here.states }).toEqual(before)
  })

  test('state survives structuredClone: two rounds with and without a copy between them agree', () => {
    const first = world(options, graphs.regular)
    const { models, states } = runRound(first, 0)
    const straight = runRound({ ...first, models, states }, 1)
    const copied = runRound(
      { ...first, strategy: createStrategy(options), ...structuredClone({ models, states }) },
      1,
    )
    expect(copied.models).toEqual(straight.models)
    expect(copied.states).toEqual(straight.states)
  })

  test('results are finite, also for the largest numbers', () => {
    const here = world(options, graphs.regular)
    for (const [rank, model] of here.models.entries()) model.fill(rank % 2 === 0 ? 3.4e38 : -3.4e38)
    for (const model of runRound(here, 0).models) expect(model.every(Number.isFinite)).toBe(true)
  })

  test('messages go to targets only', () => {
    const { sent } = runRound(world(options, graphs.directed), 0)
    for (const [i, outbox] of sent.entries()) {
      const targets = graphs.directed.targets[i % graphs.directed.nodes]!
      expect([...outbox.keys()].every((target) => targets.includes(target))).toBe(true)
    }
  })
})

test('full refuses a model of another size, naming the node', () => {
  const run = createStrategy({ method: 'full' }).round(new Float32Array(SIZE), null, {
    round: 0,
    self: 0,
    targets: [3],
    sources: [3],
    weightOf: () => 0.5,
    layout,
    random: (label) => randomStream(1, label),
  })
  run.next()
  const inbox: Inbox = new Map([[3, { domain: 'parameters', values: new Float32Array(5) }]])
  expect(() => run.next(inbox)).toThrow(/Node 3 sent 5 values where the model has 37/)
})

test('none sends nothing', () => {
  const { sent } = runRound(world({ method: 'none' }, graphs.regular), 0)
  expect(sent.every((outbox) => outbox.size === 0)).toBe(true)
})

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer)
}
