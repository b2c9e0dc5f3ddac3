import fc from 'fast-check'
import { expect, test } from 'vitest'
import { niceScale } from '../../src/reporting/ticks.ts'

test.each([
  [0, 100, [0, 20, 40, 60, 80, 100]],
  [0.12, 0.87, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0, 7, [0, 2, 4, 6, 8]],
  [0, 0, [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]],
  [5, 5, [2, 3, 4, 5, 6, 7, 8]],
])('from %d to %d', (low, high, ticks) => {
  expect(niceScale(low, high).ticks).toEqual(ticks)
})

test.each([
  [0, 1, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
  [0, 2500, ['0', '500', '1,000', '1,500', '2,000', '2,500']],
  [0, 2.5e8, ['0', '5e7', '1e8', '1.5e8', '2e8', '2.5e8']],
  [0, 4e-6, ['0', '1e-6', '2e-6', '3e-6', '4e-6']],
])('from %d to %d the labels are %j', (low, high, labels) => {
  const scale = niceScale(low, high)
  expect(scale.ticks.map(scale.label)).toEqual(labels)
})

test('ticks ascend evenly, hold the data, and differ as written', () => {
  const end = fc.double({ min: -1e9, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(end, end, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      fc.pre(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high)))
      const scale = niceScale(low, high)
      const slack = 1e-6 * (high - low)
      expect(scale.low).toBeLessThanOrEqual(low + slack)
      expect(scale.high).toBeGreaterThanOrEqual(high - slack)
      expect(scale.ticks.length).toBeGreaterThanOrEqual(2)
      expect(scale.ticks.length).toBeLessThanOrEqual(8)
      const labels = scale.ticks.map(scale.label)
      expect(new Set(labels).size).toBe(labels.length)
    }),
  )
})
