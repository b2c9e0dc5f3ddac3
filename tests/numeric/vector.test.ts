import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  consensusDistance,
  firstNonFinite,
  meanVector,
  squaredDistance,
} from '../../src/numeric/vector.ts'

test('finds the first value that is not finite, at any place', () => {
  const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  fc.assert(
    fc.property(fc.nat(20), fc.array(fc.nat(19), { maxLength: 3 }), bad, (size, places, value) => {
      const values = new Float32Array(size).fill(-3.4e38)
      for (const place of places) if (place < size) values[place] = value
      expect(firstNonFinite(values)).toBe(values.findIndex((v) => !Number.isFinite(v)))
    }),
  )
})

test('vectors longer than what a kernel gets at a time', () => {
  const size = 2 ** 15 + 7
  const a = Float32Array.from({ length: size }, (_, i) => i / 8)
  expect(firstNonFinite(a)).toBe(-1)
  a[size - 2] = Number.NaN
  expect(firstNonFinite(a)).toBe(size - 2)
})

test('distances and means by hand', () => {
  const a = Float32Array.of(0, 0)
  const b = Float32Array.of(6, 8)
  expect(squaredDistance(a, b)).toBe(100)
  expect(Array.from(meanVector([a, b]))).toEqual([3, 4])
  expect(consensusDistance([a, b])).toBe(5)
  expect(consensusDistance([b, b, b])).toBe(0)
})
