import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ArrivalHistory, waitingTime } from '../../src/learning/index.ts'

const seconds = fc.double({ min: 0, max: 1e4, noNaN: true })
const histories = fc.record({
  delays: fc.array(seconds, { maxLength: 64 }),
  work: fc.array(seconds, { maxLength: 8 }),
  misses: fc.nat({ max: 50 }),
})
const steady = (delay: number, more: Partial<ArrivalHistory> = {}): ArrivalHistory => ({
  delays: new Array(32).fill(delay),
  work: [],
  misses: 0,
  ...more,
})

describe('adaptive deadline', () => {
  it('is positive and never above the ceiling', () => {
    fc.assert(
      fc.property(
        histories,
        fc.double({ min: 0.01, max: 1e3, noNaN: true }),
        (history, maxDeadline) => {
          const wait = waitingTime(history, { maxDeadline })
          expect(wait).toBeGreaterThan(0)
          expect(wait).toBeLessThanOrEqual(maxDeadline)
        },
      ),
    )
  })

  it('waits as long as allowed until arrivals have been seen', () => {
    expect(waitingTime({ delays: [0, 0, 0], work: [], misses: 0 }, { maxDeadline: 33 })).toBe(33)
  })

  it('leaves a neighbour that waits for somebody itself the time to go on, phase by phase', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 15 }), (history, phase) => {
        const [first, here, next] = [0, phase, phase + 1].map((p) => waitingTime(history, {}, p))
        expect(next! - here!).toBeCloseTo(first! / 4)
      }),
    )
  })

  it('follows the arrivals up and down', () => {
    fc.assert(
      fc.property(fc.double({ min: 3, max: 25, noNaN: true }), (delay) => {
        expect(waitingTime(steady(delay))).toBeCloseTo(delay)
        expect(waitingTime(steady(2 * delay))).toBeGreaterThan(waitingTime(steady(delay)))
      }),
    )
  })

  it('is not moved by a minority, however extreme', () => {
    const honest = Array.from({ length: 40 }, (_, i) => 3 + (i % 5) / 10)
    const lying = new Array(19).fill(1e6)
    const wait = waitingTime({ delays: [...honest, ...lying], work: [], misses: 0 })
    expect(wait).toBeLessThan(8)
  })

  it('gives neighbours three times the own pace', () => {
    expect(waitingTime(steady(0, { work: [1, 5, 2] }))).toBe(15)
  })

  it('doubles with every missed quorum', () => {
    const waits = [0, 1, 2].map((misses) => waitingTime(steady(4, { misses })))
    expect(waits).toEqual([4, 8, 16])
  })

  it('is what the job says where the job names seconds', () => {
    expect(waitingTime(steady(30), { deadline: 5 })).toBe(5)
    expect(waitingTime(steady(30), { deadline: 90, maxDeadline: 60 })).toBe(60)
  })
})
