import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomStream } from '../../src/numeric/random.ts'
import { PayloadMismatchError } from '../../src/sharing/index.ts'
import type { Values } from '../../src/sharing/interface.ts'
import { gather, pulled } from '../../src/sharing/pull.ts'
import { randomMask } from '../../src/sharing/random-mask.ts'

/** Messages of some neighbours, whole and sparse ones, and a vector that they are about. */
function situation(size: number, neighbours: number, seed: number) {
  const random = randomStream(seed, 'pull')
  const vector = (length: number) => Float32Array.from({ length }, () => random.normal())
  const message = (): Values => {
    if (random.integer(3) === 0) return { domain: 'parameters', values: vector(size) }
    const count = random.integer(size + 1)
    const indices = randomMask(random.uint32(), count, size)
    return { domain: 'parameters', values: vector(count), selection: { size, indices } }
  }
  const inbox = new Map(Array.from({ length: neighbours }, (_, i) => [2 * i, message()] as const))
  const weights = new Map(Array.from(inbox.keys(), (source) => [source, random.uniform() / 5]))
  const weightOf = (source: number) => weights.get(source)!
  return {
    own: vector(size),
    onto: vector(size),
    heard: { domain: 'parameters', inbox, weightOf } as const,
  }
}

test('is the equation to the last bit, for sizes below and above what is taken at a time', () => {
  const sizes = fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 10, arbitrary: fc.integer({ min: 250, max: 1030 }) },
    { weight: 1, arbitrary: fc.integer({ min: 32767, max: 65539 }) },
  )
  fc.assert(
    fc.property(sizes, fc.nat(5), fc.nat(), (size, neighbours, seed) => {
      const { own, onto, heard } = situation(size, neighbours, seed)
      const sums = new Float64Array(size)
      for (const [source, { values, selection }] of heard.inbox) {
        for (const [i, value] of values.entries()) {
          const k = selection === undefined ? i : selection.indices[i]!
          sums[k]! += heard.weightOf(source) * (value - own[k]!)
        }
      }
      expect(pulled(onto, heard, own)).toEqual(onto.map((value, k) => value + sums[k]!))
    }),
    { numRuns: 60 },
  )
})

test('refuses a message about another vector, naming the node', () => {
  const { onto, heard } = situation(30, 2, 1)
  expect(() => pulled(onto.subarray(1), heard)).toThrow(PayloadMismatchError)
  expect(() => pulled(onto, { ...heard, domain: 'wavelet' })).toThrow(/Node 0/)
})

test('gathers values at their places', () => {
  const vector = Float32Array.of(5, 6, 7, 8)
  expect([...gather(vector.subarray(1), Uint32Array.of(0, 2))]).toEqual([6, 8])
  expect(gather(vector, new Uint32Array(0))).toHaveLength(0)
})
