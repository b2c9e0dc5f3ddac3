import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { forwardWavelet, waveletSize } from '../../src/numeric/wavelet.ts'
import { createStrategy, shareSchema } from '../../src/sharing/index.ts'
import type { Inbox, Payload, Phase } from '../../src/sharing/interface.ts'
import type { RankedState } from '../../src/sharing/ranked-sharing.ts'
import { literalJwins } from '../reference/literal-jwins.ts'
import { inClear } from '../support/in-clear.ts'

interface Node {
  readonly x: Float32Array
  readonly p: Float32Array
  readonly v: Float32Array
}

interface Options {
  readonly levels?: number
  readonly alphas?: readonly number[]
  readonly budget?: number
  readonly randomCutoff?: boolean
}

/** One node's round: what it sends, its model and V afterwards. The state has T(p) − V. */
function oneRound(options: Options, { x, p, v }: Node, inbox: Inbox, weight: number, round = 0) {
  const strategy = createStrategy(shareSchema.parse({ method: 'jwins', ...options }))
  const layout = createLayout([{ name: 'w', shape: [x.length], initialiser: { kind: 'zeros' } }])
  const transformed = (model: Float32Array) => forwardWavelet(model, options.levels ?? 4)
  const state: RankedState = { model: p, base: less(transformed(p), v) }
  const run = strategy.round(x, state, {
    round,
    self: 0,
    targets: [1],
    sources: [...inbox.keys()],
    weightOf: () => weight,
    layout,
    random: (label) => randomStream(1, label, round),
  })
  const sent = inClear((run.next().value as Phase).outbox.get(1))
  const end = run.next(inbox)
  if (!end.done) throw new Error('one phase')
  const { model, base } = end.value.state as RankedState
  expect(model).toBe(end.value.parameters)
  return { sent, model, v: less(transformed(model), base!) }
}

function less(vector: Float32Array, other: Float32Array): Float32Array {
  return vector.map((value, k) => value - other[k]!)
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6) {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `value ${i}`).toBeLessThanOrEqual(tolerance)
  }
}

function message(size: number, values: ReadonlyMap<number, number>): Payload {
  const indices = Uint32Array.from(values.keys()).sort()
  return {
    domain: 'wavelet',
    values: Float32Array.from(indices, (k) => values.get(k)!),
    selection: { size, indices },
  }
}

test('one round equals that of the original program', () => {
  const p = Float32Array.from({ length: 12 }, (_, i) => (i + 1) / 10)
  const changes = [0.5, 0, 0, -0.3, 0, 0, 0, 0.2, 0, 0, 0, 0.1]
  const x = p.map((value, i) => value + changes[i]!)
  const theirs = message(
    17,
    new Map([
      [0, 1],
      [3, -0.25],
    ]),
  )
  const { sent, model, v } = oneRound(
    { levels: 2, alphas: [0.25] },
    { x, p, v: new Float32Array(17) },
    new Map([[1, theirs]]),
    1 / 2,
  )
  expect(sent.selection).toEqual({ size: 17, indices: Uint32Array.of(0, 1, 6, 10) })
  expectClose(sent.values, [0.930801, 0.72847, -0.358461, 0.244949])
  expectClose(model, [
    ...[0.599576, 0.195251, 0.298996, 0.100579, 0.5, 0.6],
    ...[0.44942, 0.565983, 0.349688, 0.315403, 0.782277, 1.214866],
  ])
  expectClose(v, [
    ...[0.657761, 0.432935, -0.103678, -0.941492, -0.28625, 0.154547],
    ...[-0.327607, 0.184479, 0.21568, -0.558646, 0.308835, 0.080184],
    ...[0.067243, -0.096593, -0.044829, -0.048296, 0.203668],
  ])
})

test('agrees with the literal round: any length, depth, share and messages', () => {
  const cases = fc.record({
    n: fc.integer({ min: 2, max: 60 }),
    levels: fc.integer({ min: 1, max: 4 }),
    alpha: fc.constantFrom(0.1, 0.25, 0.4),
    neighbours: fc.nat(4),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(cases, ({ n, levels, alpha, neighbours, seed }) => {
      const random = randomStream(seed, 'case')
      const size = waveletSize(n, levels)
      if (Math.round(alpha * size) === 0) return
      const normals = (length: number) => Float32Array.from({ length }, () => random.normal())
      const node = { x: normals(n), p: normals(n), v: normals(size) }
      const weight = 1 / (neighbours + 1)
      const messages = Array.from({ length: neighbours }, () => {
        const values = new Map<number, number>()
        for (let k = 0; k < size; k++) if (random.uniform() < 0.3) values.set(k, random.normal())
        return values
      })
      const inbox = new Map(messages.map((values, i) => [i + 1, message(size, values)]))
      const ours = oneRound({ levels, alphas: [alpha] }, node, inbox, weight)
      const literal = literalJwins(
        { x: [...node.x], p: [...node.p], v: [...node.v] },
        { levels, alpha },
        messages.map((values) => ({ weight, values })),
      )
      expect([...ours.sent.selection!.indices]).toEqual(literal.sent)
      expectClose(ours.sent.values, literal.values, 1e-5)
      expectClose(ours.model, literal.model, 1e-5)
      expectClose(ours.v, literal.v, 2e-5)
    }),
  )
})

describe('the share of the coefficients sent', () => {
  const node = (n = 400) => ({
    x: Float32Array.from({ length: n }, (_, i) => Math.sin(i)),
    p: new Float32Array(n),
    v: new Float32Array(waveletSize(n, 4)).fill(1),
  })

  test.each([0.34, 0.2, 0.1, 0.05])('is the budget %d on average', (budget) => {
    const here = node()
    let sum = 0
    const rounds = 1500
    for (let round = 0; round < rounds; round++) {
      sum += oneRound({ budget }, here, new Map(), 0, round).sent.values.length / here.v.length
    }
    // Of 1500 draws the mean has a standard deviation of at most 0.008.
    expect(Math.abs(sum / rounds - budget)).toBeLessThan(0.025)
  })

  test('from a half on everything is sent without indices, and scores start anew', () => {
    const here = node()
    const { sent, model, v } = oneRound({ alphas: [0.5] }, here, new Map(), 0)
    expect(sent.selection).toBeUndefined()
    expect(sent.values).toHaveLength(here.v.length)
    const fresh = oneRound({ alphas: [0.5] }, { ...here, v: here.v.map(() => 7) }, new Map(), 0)
    expect(v).toEqual(fresh.v)
    expect(model).toEqual(here.x)
  })

  test('without a random cut-off it is the mean of the list', () => {
    const here = node()
    const lengths = [0, 1, 2].map(
      (round) =>
        oneRound({ alphas: [0.1, 0.3], randomCutoff: false }, here, new Map(), 0, round).sent.values
          .length,
    )
    expect(new Set(lengths)).toEqual(new Set([Math.round(0.2 * here.v.length)]))
  })
})
