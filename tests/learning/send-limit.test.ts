import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DayTally, SendLimit } from '../../src/learning/send-limit.ts'
import type { Clock } from '../../src/runtime/clock.ts'

/** Time set by hand. */
function clockAt(start = 0) {
  const clock = { seconds: start, now: () => clock.seconds, sleep: async () => {} }
  return clock satisfies Clock
}

const midnight = () => ({ spent: 0, secondsLeft: 86_400 })

describe('a rate', () => {
  test('is kept to over every stretch of time, but for a second’s bytes and one frame', () => {
    const sending = fc.array(
      fc.record({ pause: fc.double({ min: 0, max: 5, noNaN: true }), bytes: fc.nat(30_000) }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), sending, (up, frames) => {
        const clock = clockAt(7)
        const limit = new SendLimit({ up }, clock, midnight)
        const sent: { at: number; bytes: number }[] = []
        for (const { pause, bytes } of frames) {
          clock.seconds += pause
          const delay = limit.admit(bytes)
          if (delay !== null) sent.push({ at: clock.seconds + delay, bytes })
        }
        const bucket = Math.max(1024, up)
        for (const [first, { at: start }] of sent.entries()) {
          let inAll = 0
          for (const { at, bytes } of sent.slice(first)) {
            expect(inAll).toBeLessThanOrEqual(bucket + up * (at - start) + 1e-6 + 30_000)
            inAll += bytes
          }
        }
      }),
    )
  })

  test('holds frames back for up to a second and then leaves them out, until it has recovered', () => {
    const clock = clockAt()
    const limit = new SendLimit({ up: 10_000 }, clock, midnight)
    expect(limit.admit(15_000)).toBe(0)
    expect(limit.admit(4_000)).toBeCloseTo(0.5)
    expect(limit.admit(5_000)).toBeCloseTo(0.9)
    expect(limit.admit(1)).toBeNull()
    clock.seconds += 0.5
    expect(limit.admit(1)).toBeCloseTo(0.9)
    clock.seconds += 100
    expect(limit.admit(10_000)).toBe(0)
    expect(limit.admit(1)).toBe(0)
  })

  test('a message larger than a second’s bytes goes now and then', () => {
    const clock = clockAt()
    const limit = new SendLimit({ up: 1_000 }, clock, midnight)
    let sent = 0
    for (; clock.seconds < 1_000; clock.seconds += 0.25) {
      if (limit.admit(8_000) !== null) sent += 8_000
    }
    expect(sent).toBeGreaterThan(0.98 * 1_000 * 1_000)
    expect(sent).toBeLessThan(1.02 * 1_000 * 1_000)
  })

  test('what messages may have is shared out among them', () => {
    const clock = clockAt()
    const limit = new SendLimit({ up: 12_000 }, clock, midnight)
    expect(limit.allowance(4)).toBe(6_000)
    limit.admit(12_000)
    expect(limit.allowance(4)).toBe(3_000)
    limit.charge(12_000)
    expect(limit.allowance(4)).toBe(0)
    expect(limit.allowance(0)).toBe(0)
  })
})

describe('a day’s bytes', () => {
  test('go as they come down to the last fifth, which lasts until midnight', () => {
    const clock = clockAt()
    let spent = 0
    const today = () => ({ spent, secondsLeft: 86_400 - clock.seconds })
    const limit = new SendLimit({ daily: 1_000_000 }, clock, today)
    spent = 790_000
    expect(limit.admit(500_000)).toBe(0)
    expect(limit.allowance(1)).toBe(Number.POSITIVE_INFINITY)
    spent = 850_000
    let late = 0
    for (; clock.seconds < 86_400; clock.seconds += 10) {
      if (limit.admit(1_000) === null) continue
      spent += 1_000
      if (clock.seconds > 43_200) late += 1_000
    }
    expect(spent).toBeLessThanOrEqual(1_000_000)
    expect(spent).toBeGreaterThan(950_000)
    expect(late).toBeGreaterThan(20_000)
  })

  test('that are used up let nothing through, however much time passes', () => {
    const clock = clockAt()
    const limit = new SendLimit({ up: 100, daily: 10 }, clock, () => ({
      spent: 10,
      secondsLeft: 50,
    }))
    clock.seconds = 40
    expect(limit.admit(1)).toBeNull()
    expect(limit.allowance(1)).toBe(0)
  })

  test('begin anew every 86,400 seconds of a virtual clock', () => {
    const clock = clockAt()
    const tally = new DayTally(clock)
    tally.add(5)
    clock.seconds = 86_399
    tally.add(6)
    expect(tally.count()).toEqual({ spent: 11, secondsLeft: 1 })
    clock.seconds = 2 * 86_400 + 100
    expect(tally.count()).toEqual({ spent: 0, secondsLeft: 86_300 })
  })
})

test('without limits everything goes at once', () => {
  const limit = new SendLimit({}, clockAt(), midnight)
  expect(limit.admit(1e12)).toBe(0)
  expect(limit.allowance(3)).toBe(Number.POSITIVE_INFINITY)
})
