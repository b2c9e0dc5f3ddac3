import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../src/emulation/virtual-clock.ts'
import { turn } from '../support/turn.ts'

describe('virtual clock', () => {
  it('calls events in the order of their time, and of their arrival at the same time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 })), (times) => {
        const clock = new VirtualClock()
        const called: { time: number; index: number }[] = []
        for (const [index, time] of times.entries()) {
          clock.at(time, () => called.push({ time: clock.now(), index }))
        }
        while (clock.advance());
        const expected = times
          .map((time, index) => ({ time, index }))
          .sort((a, b) => a.time - b.time || a.index - b.index)
        expect(called).toEqual(expected)
      }),
    )
  })

  it('moves only when told, and never back', () => {
    const clock = new VirtualClock()
    const seen: number[] = []
    clock.at(5, () => clock.at(1, () => seen.push(clock.now())))
    expect(clock.now()).toBe(0)
    expect(clock.advance()).toBe(true)
    expect(seen).toEqual([])
    expect(clock.advance()).toBe(true)
    expect(seen).toEqual([5])
    expect(clock.advance()).toBe(false)
    expect(clock.now()).toBe(5)
  })

  it('lets processes run between an event and those it causes at the same time', async () => {
    const clock = new VirtualClock()
    const order: string[] = []
    const sleeper = clock.sleep(1).then(() => order.push('sleeper'))
    clock.at(1, () => clock.at(1, () => order.push('caused')))
    clock.advance()
    await turn()
    clock.advance()
    await sleeper
    expect(order).toEqual(['sleeper', 'caused'])
  })

  it('takes thousands of events at the same time in several steps, in their order', async () => {
    const clock = new VirtualClock()
    const indices = Array.from({ length: 2000 }, (_, index) => index)
    const called: number[] = []
    const sleeper = clock.sleep(1)
    for (const index of indices) clock.at(1, () => called.push(index))
    clock.advance()
    await sleeper
    expect(called.length).toBeLessThan(200)
    while (clock.advance());
    expect(called).toEqual(indices)
    expect(clock.now()).toBe(1)
  })

  it('does not stop at cancelled events', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 50 }), fc.boolean())), (events) => {
        const clock = new VirtualClock()
        let calls = 0
        for (const [time, kept] of events) {
          const cancel = clock.at(time, () => calls++)
          if (!kept) cancel()
        }
        while (clock.advance());
        const kept = events.filter(([, stays]) => stays).map(([time]) => time)
        expect(calls).toBe(kept.length)
        expect(clock.now()).toBe(Math.max(0, ...kept))
      }),
    )
  })

  it('ends a sleep with the reason of its signal', async () => {
    const clock = new VirtualClock()
    const controller = new AbortController()
    const sleep = clock.sleep(10, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(sleep).rejects.toThrow('enough')
    await expect(clock.sleep(10, { signal: controller.signal })).rejects.toThrow('enough')
    expect(clock.advance()).toBe(false)
  })
})
