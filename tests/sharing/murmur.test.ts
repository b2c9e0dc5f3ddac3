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
  createStrategy(shareSchema.parse({ method: 'murmur', ...options }))
const layoutOf = (n: number) =>
  createLayout([{ name: 'w', shape: [n], initialiser: { kind: 'zeros' } }])

/** One node's round: what it sends, its model and what it has told. */
function oneRound(
  options: object,
  { x, told }: { readonly x: Float32Array; readonly told: Float32Array },
  inbox: Inbox,
  weight: number,
) {
  const run = strategyOf(options).round(x, { told } satisfies MurmurState, {
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
  return { sent, model: end.value.parameters, told: (end.value.state as MurmurState).told }
}

function message(size: number, values: ReadonlyMap<number, number>): Payload {
  const indices = Uint32Array.from(values.keys()).sort()
  return {
    domain: 'wavelet',
    values: Float32Array.from(indices, (k) => values.get(k)!),
    selection: { size, indices },
  }
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>) {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `value ${i}`).toBeLessThanOrEqual(2e-5)
  }
}

test('agrees with the literal round: any length, budget and messages', () => {
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
      const node = { x: normals(n), told: normals(size) }
      const weight = 1 / (neighbours + 1)
      const messages = Array.from({ length: neighbours }, () => {
        const values = new Map<number, number>()
        for (let k = 0; k < size; k++) if (random.uniform() < 0.3) values.set(k, random.normal())
        return values
      })
      const inbox = new Map(messages.map((values, i) => [i + 1, message(size, values)]))
      const ours = oneRound({ budget, values: 'float32' }, node, inbox, weight)
      const literal = literalMurmur(
        { x: [...node.x], told: [...node.told] },
        budget,
        messages.map((values) => ({ weight, values })),
      )
      expect([...ours.sent.selection!.indices]).toEqual(literal.sent)
      expectClose(ours.sent.values, literal.values)
      expectClose(ours.model, literal.model)
      expectClose(ours.told, literal.told)
    }),
  )
})

test('what rounding has left of a value is news again', () => {
  const n = 400
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i))
  const { told: c } = strategyOf({}).init(x, layoutOf(n)) as MurmurState
  const first = oneRound({ budget: 1 }, { x, told: c }, new Map(), 0)
  expect(first.sent.coded?.codec).toBe('int6')
  expect(first.told).toEqual(first.sent.values)

  const rests = c.map((value, k) => Math.abs(value - first.told[k]!))
  const again = oneRound({ budget: 0.01 }, { x, told: first.told }, new Map(), 0)
  const { indices } = again.sent.selection!
  const largest = rests.slice().sort().reverse().slice(0, indices.length)
  expect(largest.at(-1)).toBeGreaterThan(0)
  expect(
    Float32Array.from(indices, (k) => rests[k]!)
      .sort()
      .reverse(),
  ).toEqual(largest)
})

test('who has no news takes what one neighbour has, who has news keeps its part', () => {
  const n = 64
  const layout = layoutOf(n)
  const x = Float32Array.from({ length: n }, (_, i) => Math.cos(i))
  const { told: c } = strategyOf({}).init(x, layout) as MurmurState
  const [quiet, loud] = [3, 5]
  const told = c.slice()
  told[loud]! -= 1
  const values = new Map([quiet, loud].map((k) => [k, 2]))
  const inbox = new Map([[1, message(c.length, values)]])
  const { model } = oneRound({ budget: 0.01, values: 'float32' }, { x, told }, inbox, 1 / 4)

  const delta = new Float64Array(c.length)
  delta[quiet] = 2 - c[quiet]!
  delta[loud] = (2 - c[loud]!) / 4
  const change = waveletTransform(LEVELS).inverse(delta, layout)
  expectClose(
    model,
    x.map((value, i) => value + change[i]!),
  )
})
