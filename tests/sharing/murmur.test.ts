import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { waveletSize } from '../../src/numeric/wavelet.ts'
import { createStrategy, shareSchema } from '../../src/sharing/index.ts'
import type { Inbox, Payload, Phase } from '../../src/sharing/interface.ts'
import type { MurmurState } from '../../src/sharing/murmur.ts'
import { waveletTransform } from '../../src/sharing/transform.ts'
import { literalMurmur } from '../reference/literal-murmur.ts'
import { inClear } from '../support/in-clear.ts'

const LEVELS = 4

const strategyOf = (options: object) =>
  createStrategy(shareSchema.parse({ method: 'murmur', silence: true, ...options }))
const layoutOf = (n: number) =>
  createLayout([{ name: 'w', shape: [n], initialiser: { kind: 'zeros' } }])
const nothing: MurmurState['memories'] = new Map()

interface Node extends MurmurState {
  readonly x: Float32Array
}

/** One node's round: what it sends, its model and its state. */
function oneRound(options: object, { x, ...state }: Node, inbox: Inbox, weight: number) {
  const run = strategyOf(options).round(x, state, {
    round: 0,
    self: 0,
    targets: [1],
    sources: [...inbox.keys()],
    weightOf: () => weight,
    layout: layoutOf(x.length),
    random: (label) => randomStream(1, label),
  })
  const sent = inClear((run.next().value as Phase).outbox.get(1))
  const end = run.next(inbox)
  if (!end.done) throw new Error('one phase')
  return { sent, model: end.value.parameters, ...(end.value.state as MurmurState) }
}

function message(size: number, values: ReadonlyMap<number, number>): Payload {
  const indices = Uint32Array.from(values.keys()).sort()
  return {
    domain: 'wavelet',
    values: Float32Array.from(indices, (k) => values.get(k)!),
    selection: { size, indices },
  }
}

/** What is remembered, as a vector. */
function memory(size: number, values: ReadonlyMap<number, number>): Float32Array {
  return Float32Array.from({ length: size }, (_, k) => values.get(k) ?? Number.NaN)
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `value ${i}`).toBeLessThanOrEqual(2e-5)
  }
}

test('agrees with the literal round: any length, budget, messages and memories', () => {
  const cases = fc.record({
    n: fc.integer({ min: 2, max: 60 }),
    budget: fc.constantFrom(0.02, 0.1, 0.25, 0.4),
    neighbours: fc.nat(4),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(cases, ({ n, budget, neighbours, seed }) => {
      const random = randomStream(seed, 'case')
      const size = waveletSize(n, LEVELS)
      const normals = (length: number) => Float32Array.from({ length }, () => random.normal())
      const some = (share: number) => {
        const values = new Map<number, number>()
        for (let k = 0; k < size; k++) {
          if (random.uniform() < share) values.set(k, Math.fround(3 * random.normal()))
        }
        return values
      }
      const node = { x: normals(n), told: normals(size) }
      const weight = 1 / (neighbours + 1)
      const received = Array.from({ length: neighbours }, () => ({
        weight,
        // Of no values a message would say that a limit has emptied it.
        values: new Map([[0, Math.fround(random.normal())], ...some(0.3)]),
        told: some(0.7),
      }))
      const inbox = new Map(received.map(({ values }, i) => [i + 1, message(size, values)]))
      const memories = new Map(received.map(({ told }, i) => [i + 1, memory(size, told)]))
      const ours = oneRound({ budget, values: 'float32' }, { ...node, memories }, inbox, weight)
      const literal = literalMurmur({ x: [...node.x], told: [...node.told] }, budget, received)
      expect([...ours.sent.selection!.indices]).toEqual(literal.sent)
      expectClose(ours.sent.values, literal.values)
      expectClose(ours.model, literal.model)
      expectClose(ours.told, literal.told)
      expect([...ours.memories.values()]).toEqual(
        literal.memories.map((values) => memory(size, values)),
      )
    }),
  )
})

test('what rounding has left of a value is news again', () => {
  const n = 400
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i))
  const { told: c } = strategyOf({}).init(x, layoutOf(n)) as MurmurState
  const first = oneRound({ budget: 1 }, { x, told: c, memories: nothing }, new Map(), 0)
  expect(first.sent.coded?.codec).toBe('int8')
  expect(first.told).toEqual(first.sent.values)

  const rests = c.map((value, k) => Math.abs(value - first.told[k]!))
  const again = oneRound({ budget: 0.01 }, { x, ...first }, new Map(), 0)
  const { indices } = again.sent.selection!
  const largest = rests.slice().sort().reverse().slice(0, indices.length)
  expect(largest.at(-1)).toBeGreaterThan(0)
  expect(
    Float32Array.from(indices, (k) => rests[k]!)
      .sort()
      .reverse(),
  ).toEqual(largest)
})

/** A node whose only news is that of coefficient 5, by 1, which it sends: τ is 1. */
function listener() {
  const n = 64
  const layout = layoutOf(n)
  const x = Float32Array.from({ length: n }, (_, i) => Math.cos(i))
  const { told: c } = strategyOf({}).init(x, layout) as MurmurState
  const told = c.slice()
  told[5]! -= 1
  const hear = (
    memories: MurmurState['memories'],
    values: ReadonlyMap<number, number>,
    options = {},
  ) =>
    oneRound(
      { budget: 0.01, values: 'float32', ...options },
      { x, told, memories },
      new Map([[1, message(c.length, values)]]),
      1 / 4,
    )
  /** The model after its coefficients have moved so. */
  const movedBy = (changes: ReadonlyMap<number, number>) => {
    const delta = Float64Array.from(c, (_, k) => changes.get(k) ?? 0)
    const change = waveletTransform(LEVELS).inverse(delta, layout)
    return x.map((value, i) => value + change[i]!)
  }
  return { c, hear, movedBy }
}

test('who has no news takes what one neighbour has, who has news keeps its part', () => {
  const { c, hear, movedBy } = listener()
  const { model } = hear(
    nothing,
    new Map([
      [3, 2],
      [5, 2],
    ]),
  )
  const moves = new Map([
    [3, 2 - c[3]!],
    [5, (2 - c[5]!) / 4],
  ])
  expectClose(model, movedBy(moves))
})

test('silence pulls back to within τ of what was told, and says nothing of what lies there', () => {
  const { c, hear, movedBy } = listener()
  const told = new Map([
    [7, c[7]! + 3],
    [9, c[9]! - 3],
    [11, c[11]! + 0.9],
  ])
  const saidAnew = new Map([[13, c[13]!]])
  const { model } = hear(new Map([[1, memory(c.length, told)]]), saidAnew)
  const moves = new Map([
    [7, 2],
    [9, -2],
  ])
  expectClose(model, movedBy(moves))
})

test('a neighbour that was not heard is forgotten', () => {
  const { c, hear } = listener()
  const two = memory(c.length, new Map([[7, 1]]))
  const { memories } = hear(
    new Map([
      [1, two],
      [2, two],
    ]),
    new Map([[8, 1]]),
  )
  const expected = new Map([
    [7, 1],
    [8, 1],
  ])
  expect(memories).toEqual(new Map([[1, memory(c.length, expected)]]))
})

test('a message that a limit has emptied is no silence: its sender is forgotten', () => {
  const { c, hear } = listener()
  const told = memory(c.length, new Map([[7, c[7]! + 3]]))
  const { memories } = hear(new Map([[1, told]]), new Map())
  expect(memories).toEqual(new Map())
})

test('without the option nothing is remembered, and silence says nothing', () => {
  const { c, hear, movedBy } = listener()
  const far = new Map([[1, memory(c.length, new Map([[7, c[7]! + 3]]))]])
  const { model, memories } = hear(far, new Map([[8, c[8]!]]), { silence: false })
  expect(memories).toEqual(new Map())
  expectClose(model, movedBy(new Map()))
})
