import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomStream } from '../../src/numeric/random.ts'
import { mix, type Weighted } from '../../src/sharing/mix.ts'

/** The equation, one value at a time. */
function mixLiterally(own: Float32Array, received: readonly Weighted[]): Float32Array {
  return own.map((x, i) =>
    received.reduce((sum, { weight, values }) => sum + weight * (values[i]! - x), x),
  )
}

test('equals the equation to the last bit, for any number of sources and values', () => {
  fc.assert(
    fc.property(fc.nat(25), fc.nat(70), fc.integer(), (sources, size, seed) => {
      const random = randomStream(seed, 'mix')
      const vector = () => Float32Array.from({ length: size }, () => random.normal())
      const own = vector()
      const received = Array.from({ length: sources }, () => ({
        weight: random.uniform() / (sources + 1),
        values: vector(),
      }))
      expect(mix(own, received)).toEqual(mixLiterally(own, received))
    }),
  )
})

test('weights that do not sum exactly to one leave equal models as they are', () => {
  const own = Float32Array.from([0.1, -3e-39, 1e30, 0])
  const received = Array.from({ length: 11 }, () => ({ weight: 1 / 12, values: own.slice() }))
  expect(mix(own, received)).toEqual(own)
})

test('returns a new vector also when nothing was received', () => {
  const own = Float32Array.from([1, 2])
  const mixed = mix(own, [])
  expect(mixed).toEqual(own)
  expect(mixed.buffer).not.toBe(own.buffer)
})
