import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topK } from '../../src/numeric/top-k.ts'
import { literalTopK } from '../reference/literal-top-k.ts'

const values = fc.oneof(
  fc.array(fc.float({ noNaN: true }), { maxLength: 300 }),
  // Few magnitudes, so that there are ties; neighbours in the lowest bit.
  fc.array(fc.constantFrom(0, -0, 1, -1, 1 + 2 ** -23, -2, 2 ** -149), { maxLength: 300 }),
)

test('agrees with sorting, ties to the lower index', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -1, max: 310 }), (list, count) => {
      const array = Float32Array.from(list)
      expect([...topK(array, count)]).toEqual(literalTopK(array, count))
    }),
    { numRuns: 500 },
  )
})

test('finds the threshold among many values', () => {
  const array = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i) * 10 ** (i % 7))
  for (const count of [1, 200, 6000, 19_999, 20_000]) {
    expect([...topK(array, count)]).toEqual(literalTopK(array, count))
  }
})

test('reads a view from where it begins', () => {
  const array = Float32Array.of(9, 8, 1, 3, 2)
  expect([...topK(array.subarray(2), 1)]).toEqual([1])
})

test.each([1, 3, 9])('refuses NaN (%d wanted)', (count) => {
  expect(() => topK(Float32Array.of(1, Number.NaN, 2), count)).toThrow(/NaN/)
  expect(() => topK(Float32Array.of(1, -Number.NaN, 2), count)).toThrow(/NaN/)
})
