import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_RATED_PEERS } from '../../daemon/network/limits.ts'
import { createRateLimiter } from '../../daemon/network/rate-limiter.ts'

const quota = { count: 5, seconds: 10 }

test('a burst of the quota passes, the next one does not, and one more each interval', () => {
  const limiter = createRateLimiter(quota)
  const burst = Array.from({ length: 6 }, () => limiter.allows('a', 100))
  expect(burst).toEqual([true, true, true, true, true, false])
  expect(limiter.allows('a', 101.9)).toBe(false)
  expect(limiter.allows('a', 102)).toBe(true)
  expect(limiter.allows('a', 102)).toBe(false)
  expect(limiter.allows('b', 100)).toBe(true)
})

test('no window of the quota’s length holds more than twice the quota, whatever the arrivals', () => {
  const gaps = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { maxLength: 200 })
  fc.assert(
    fc.property(gaps, (pauses) => {
      const limiter = createRateLimiter(quota)
      let now = 0
      const passed: number[] = []
      for (const pause of pauses) {
        now += pause
        if (limiter.allows('a', now)) passed.push(now)
      }
      for (const start of passed) {
        const inWindow = passed.filter((time) => time >= start && time < start + quota.seconds)
        expect(inWindow.length).toBeLessThanOrEqual(2 * quota.count)
      }
    }),
  )
})

test('holding back spreads a flood to the quota’s rate', () => {
  const limiter = createRateLimiter(quota)
  const delays = Array.from({ length: 8 }, () => limiter.delay('a', 0))
  expect(delays).toEqual([0, 0, 0, 0, 0, 2, 4, 6])
})

test('many peers do not fill the memory, and the latest are still known', () => {
  const limiter = createRateLimiter({ count: 1, seconds: 1000 })
  for (let i = 0; i <= MAX_RATED_PEERS; i++) expect(limiter.allows(`peer ${i}`, 0)).toBe(true)
  expect(limiter.allows(`peer ${MAX_RATED_PEERS}`, 0)).toBe(false)
  expect(limiter.allows('peer 0', 0)).toBe(true)
})
