/** Laws that every sharing strategy keeps; a new one joins by standing in the registry. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { meanVector } from '../../src/numeric/vector.ts'
import {
  createStrategy,
  decodeFrame,
  encodeFrame,
  needsEveryMessage,
  type ShareOptions,
  shareSchema,
  spaceOf,
  strategies,
} from '../../src/sharing/index.ts'
import type { Inbox, Outbox, Payload, Phase, SharingStrategy } from '../../src/sharing/interface.ts'
import type { Precision } from '../../src/sharing/values/index.ts'
import { createTopology, weightsFor } from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'
import { matrixProduct, mixingMatrix } from '../reference/mixing-matrix.ts'
import { inClear } from '../support/in-clear.ts'

const SIZE = 37
const initialiser = { kind: 'zeros' } as const
const layout = createLayout([
  { name: 'weights', shape: [4, 7], initialiser },
  { name: 'bias', shape: [9], initialiser },
])

/** A `[share]` table as in a job file. */
type Table = z.input<typeof shareSchema>

interface Traits {
  readonly options: Table
  /** Options with which everything is sent, so that a round is exactly x ← W x; null where there are none. */
  readonly whole: Table | null
  /** Largest share of the coordinates that a message may hold. */
  readonly budget: number
  /** Every coordinate of the result lies between those of the models. */
  readonly averages: boolean
  /** Numbers that may be sent and mixed; a transform makes them larger on the way. */
  readonly largest: number
}

const parameterwise = { averages: true, largest: 3.4e38 } as const

/** One of each method at least; a further one is named after it. */
const cases: Record<string, Traits> = {
  full: { options: { method: 'full' }, whole: { method: 'full' }, budget: 1, ...parameterwise },
  none: { options: { method: 'none' }, whole: null, budget: 0, ...parameterwise },
  'random-subsampling': {
    options: { method: 'random-subsampling', budget: 0.3 },
    whole: { method: 'random-subsampling', budget: 1 },
    budget: 0.3,
    ...parameterwise,
  },
  'top-k': {
    options: { method: 'top-k', budget: 0.3, accumulate: true },
    whole: { method: 'top-k', budget: 1, accumulate: true },
    budget: 0.3,
    ...parameterwise,
  },
  'top-k, last change only': {
    options: { method: 'top-k', budget: 0.1, accumulate: false },
    whole: { method: 'top-k', budget: 1, accumulate: false },
    budget: 0.1,
    ...parameterwise,
  },
  choco: {
    options: { method: 'choco', budget: 0.3, gamma: 0.5 },
    // From estimates that are zero, with the whole model and a whole step.
    whole: { method: 'choco', budget: 1, gamma: 1 },
    budget: 0.3,
    averages: false,
    largest: 1e38,
  },
  jwins: {
    options: jwins({ budget: 0.2 }),
    whole: jwins({ alphas: [1] }),
    budget: 1,
    averages: false,
    largest: 1e37,
  },
  'jwins, fixed share': {
    options: jwins({ alphas: [0.2], levels: 2, accumulate: false }),
    whole: jwins({ alphas: [1], levels: 1, accumulate: false }),
    budget: 0.2,
    averages: false,
    largest: 1e37,
  },
  'jwins, no wavelet, mean share': {
    options: jwins({ budget: 0.34, randomCutoff: false, wavelet: false }),
    whole: jwins({ alphas: [0.5], wavelet: false }),
    budget: 0.35,
    ...parameterwise,
  },
  murmur: {
    options: { method: 'murmur', budget: 0.2, silence: true },
    whole: { method: 'murmur', budget: 1, silence: true },
    budget: 0.2,
    averages: false,
    largest: 1e37,
  },
  'murmur, deaf to silence': {
    options: { method: 'murmur', budget: 0.1, silence: false },
    whole: { method: 'murmur', budget: 1, silence: false },
    budget: 0.1,
    averages: false,
    largest: 1e37,
  },
}

function jwins(options: object): Table {
  return { method: 'jwins', ...options }
}

/**
 * How far a value may come out from where it went in, as a share of the largest: half a unit in the last of 11 or 8
 * bits, or a step of 127, 31 or 7 that is rounded up to 8 bits.
 */
const ERRORS: Readonly<Record<Precision, number>> = {
  float32: 0,
  lossless: 0,
  zstd: 0,
  float16: 2 ** -11,
  bfloat16: 2 ** -8,
  int8: 1.01 / 127,
  int6: 1.01 / 31,
  int4: 1.01 / 7,
}

/** A wavelet coefficient is at most so many times as large as the largest value, and moves one by no more. */
const WAVELET_GAIN = 8

/** Every strategy with every codec; what sends nothing has none. */
const combinations = Object.entries(cases).flatMap(([name, traits]) => {
  const precisions = Object.keys(ERRORS) as Precision[]
  const withValues = (table: Table | null, values: Precision) =>
    table && shareSchema.parse(table.method === 'none' ? table : { ...table, values })
  return precisions.slice(0, name === 'none' ? 1 : undefined).map((precision) => ({
    ...traits,
    name: `${name}, ${precision}`,
    error: ERRORS[precision],
    options: withValues(traits.options, precision)!,
    whole: withValues(traits.whole, precision),
  }))
})

test('every method of the registry is here', () => {
  const methods = new Set(Object.values(cases).map(({ options }) => options.method))
  expect([...methods].sort()).toEqual(Object.keys(strategies).sort())
})

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

/**
 * Runs one round of all nodes side by side; `arrives` says which messages do, `instead` what comes in place of the
 * others, `scale` changes weights.
 */
function runRound(
  { graph, strategy, models, states }: World,
  round: number,
  arrives: (from: number, to: number) => boolean = () => true,
  scale: (from: number, to: number) => number = () => 1,
  instead: (lost: Payload) => Payload | undefined = () => undefined,
) {
  const sent: Outbox[] = []
  const runs = models.map((model, self) => {
    const weights = weightsFor(graph, self, 'metropolis-hastings')
    return strategy.round(model, states[self], {
      round,
      self,
      targets: graph.targets[self]!,
      sources: graph.sources[self]!,
      weightOf: (source) => (weights.get(source) ?? 0) * scale(source, self),
      layout,
      random: (label) => randomStream(1, 'sharing', label, self, round),
    })
  })
  let steps = runs.map((run) => run.next())
  while (steps.some((step) => !step.done)) {
    const outboxes = steps.map((step) => (step.value as Phase).outbox)
    sent.push(...outboxes)
    steps = runs.map((run, self) => {
      const inbox: Inbox = new Map(
        graph.sources[self]!.flatMap((source) => {
          const payload = outboxes[source]!.get(self)
          if (payload === undefined) return []
          const heard = arrives(source, self) ? payload : instead(payload)
          return heard === undefined ? [] : [[source, heard] as const]
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

describe.each(combinations)('$name', (traits) => {
  const { options, whole, error } = traits
  test.each(Object.entries(graphs))(
    'equal inputs stay equal: bit for bit, or by twice what is rounded away (%s)',
    (_, graph) => {
      const here = world(options, graph, 2, true)
      const [before] = here.models
      const largest = Math.max(...before!.map(Math.abs))
      for (const model of runRound(here, 0).models) {
        if (error === 0) expect(bits(model)).toEqual(bits(before!))
        const inWavelets = spaceOf(here.strategy, SIZE).domain === 'wavelet'
        const most = 2 * error * largest * (inWavelets ? WAVELET_GAIN : 1)
        expect(model.every((x, i) => Math.abs(x - before![i]!) <= most)).toBe(true)
      }
    },
  )

  test('the receiver has what the sender mixes with', () => {
    const here = world(options, graphs.regular)
    const space = spaceOf(here.strategy, SIZE)
    for (const outbox of runRound(here, 0).sent) {
      for (const payload of outbox.values()) {
        const { bytes } = encodeFrame({ run: new Uint8Array(16), round: 0, phase: 0, payload })
        expect(decodeFrame(bytes, { space }).payload).toEqual(payload)
      }
    }
  })

  test.each(['regular', 'star'] as const)('the mean of all models is preserved (%s)', (kind) => {
    const here = world(whole ?? options, graphs[kind])
    const before = meanVector(here.models)
    const after = meanVector(runRound(here, 0).models)
    for (let i = 0; i < SIZE; i++) expect(after[i]).toBeCloseTo(before[i]!, 5)
  })

  test.each(Object.entries(graphs))(
    'agrees with the literal matrix product (%s)',
    (kind, graph) => {
      if (whole === null || error > 0) return
      const here = world(whole, graph)
      const w = mixingMatrix(graph, kind === 'directed' ? 'uniform' : 'metropolis-hastings')
      const expected = matrixProduct(w, here.models)
      for (const [rank, model] of runRound(here, 0).models.entries()) {
        for (let i = 0; i < SIZE; i++) expect(model[i]).toBeCloseTo(expected[rank]![i]!, 5)
      }
    },
  )

  test('absent neighbours are tolerated, and where models are averaged nobody leaves their range', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const here = world(options, graphs.regular)
        const random = randomStream(seed, 'absent')
        const { models } = runRound(here, 0, () => random.uniform() < 0.5)
        for (const model of models) expect(model.every(Number.isFinite)).toBe(true)
        if (!traits.averages || error > 0) return
        const lowest = here.models[0]!.map((_, i) => Math.min(...here.models.map((x) => x[i]!)))
        const highest = lowest.map((_, i) => Math.max(...here.models.map((x) => x[i]!)))
        for (const model of models) {
          expect(model.every((x, i) => x >= lowest[i]! && x <= highest[i]!)).toBe(true)
        }
      }),
      { numRuns: 10 },
    )
  })

  test('a neighbour whose message a limit has emptied counts as absent', () => {
    const arrives = (from: number, to: number) => (from + to) % 3 > 0
    if (needsEveryMessage(options)) return
    const emptied = (payload: Payload): Payload | undefined => {
      if (payload.domain === 'letter' || payload.selection === undefined) return undefined
      const { domain, selection } = payload
      const nothing = { size: selection.size, indices: new Uint32Array(0) }
      return { domain, values: new Float32Array(0), selection: nothing }
    }
    const first = world(options, graphs.regular)
    const after = (instead?: typeof emptied) => {
      const { models, states } = runRound(first, 0)
      const one = runRound({ ...first, models, states }, 1, arrives, undefined, instead)
      return runRound({ ...first, models: one.models, states: one.states }, 2)
    }
    const [empty, absent] = [after(emptied), after()]
    expect(empty.models.map(bits)).toEqual(absent.models.map(bits))
    expect(empty.states).toEqual(absent.states)
  })

  test('a node that hears nobody keeps its model', () => {
    const here = world(options, graphs.regular)
    const { models } = runRound(here, 0, () => false)
    for (const [rank, model] of models.entries()) {
      expect(bits(model)).toEqual(bits(here.models[rank]!))
    }
  })

  test('keeps nothing of what was sent and heard when the round is over', () => {
    const overwrite = (own: readonly Float32Array[], sent: readonly Outbox[]) => {
      for (const payload of sent.flatMap((outbox) => [...outbox.values()])) {
        if (payload.domain === 'letter') continue
        // Sent as it is, the model itself is nobody's memory but its own.
        if (!own.includes(payload.values)) payload.values.fill(Number.NaN)
        payload.selection?.indices.fill(0)
      }
    }
    const afterTwo = (spoil: typeof overwrite) => {
      let here = world(options, graphs.regular)
      for (let round = 0; round < 2; round++) {
        const { sent, models, states } = runRound(here, round)
        spoil(here.models, sent)
        here = { ...here, models, states }
      }
      return here
    }
    const [spoilt, expected] = [afterTwo(overwrite), afterTwo(() => {})]
    expect(spoilt.models.map(bits)).toEqual(expected.models.map(bits))
    expect(spoilt.states).toEqual(expected.states)
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
    // Rounding upwards takes a little more room.
    const largest = traits.largest * (1 - error)
    for (const [rank, model] of here.models.entries())
      model.fill(rank % 2 === 0 ? largest : -largest)
    for (const model of runRound(here, 0).models) expect(model.every(Number.isFinite)).toBe(true)
  })

  test('messages are of the announced space, and never larger than the budget', () => {
    const here = world(options, graphs.regular)
    const space = spaceOf(here.strategy, SIZE)
    let { models, states } = here
    for (let round = 0; round < 12; round++) {
      const result = runRound({ ...here, models, states }, round)
      for (const outbox of result.sent) {
        for (const payload of outbox.values()) {
          const { domain, values, coded, selection } = inClear(payload)
          expect(coded?.bytes.length ?? 0).toBeLessThan(4 * values.length)
          expect({ domain, size: selection?.size ?? values.length }).toEqual(space)
          expect(values.length).toBe(selection?.indices.length ?? space.size)
          expect(values.length).toBeLessThanOrEqual(Math.round(traits.budget * space.size))
        }
      }
      models = result.models
      states = result.states
    }
  })

  test('a neighbour that is not heard is one without weight', () => {
    const here = world(options, graphs.regular)
    const random = randomStream(7, 'lost')
    const lost = new Set<string>()
    for (let i = 0; i < 30; i++) lost.add(`${random.integer(10)}>${random.integer(10)}`)
    const arrives = (from: number, to: number) => !lost.has(`${from}>${to}`)
    const without = runRound(here, 0, arrives)
    const weightless = runRound(here, 0, undefined, (from, to) => (arrives(from, to) ? 1 : 0))
    expect(without.models).toEqual(weightless.models)
    expect(without.states).toEqual(weightless.states)
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
  const run = createStrategy(shareSchema.parse({ method: 'full' })).round(
    new Float32Array(SIZE),
    null,
    {
      round: 0,
      self: 0,
      targets: [3],
      sources: [3],
      weightOf: () => 0.5,
      layout,
      random: (label) => randomStream(1, label),
    },
  )
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
