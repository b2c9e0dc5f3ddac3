import { describe, expect, it } from 'vitest'
import type { Payload } from '../../src/sharing/interface.ts'
import { inClear } from '../support/in-clear.ts'
import { createWorld } from '../support/virtual-world.ts'

const NOTHING = new Map<number, Payload>()
const SOURCES = [1, 2, 3]
const model = (...values: number[]): Payload => ({
  domain: 'parameters',
  values: Float32Array.from(values),
})

describe('exchange', () => {
  it('resolves as soon as all sources have been heard, in ascending order of rank', async () => {
    const { clock, exchange, frame, settle } = createWorld()
    const outcome = exchange.exchange(0, 0, NOTHING, SOURCES)
    clock.at(1, () => exchange.deliver(3, frame(0, [3, 3])))
    clock.at(2, () => exchange.deliver(1, frame(0, [1, 1])))
    clock.at(5, () => exchange.deliver(2, frame(0, [2, 2])))
    const { inbox, missing, seconds } = await settle(outcome)
    expect([...inbox.keys()]).toEqual([1, 2, 3])
    expect([...inbox.values()].map((payload) => inClear(payload).values[0])).toEqual([1, 2, 3])
    expect(missing).toEqual([])
    expect(seconds.wait).toBe(5)
  })

  it('uses what came early, without waiting', async () => {
    const { clock, exchange, frame, settle } = createWorld()
    for (const source of SOURCES)
      expect(exchange.deliver(source, frame(1, [9, 9]))).toBe('accepted')
    for (const source of SOURCES) exchange.deliver(source, frame(0, [5, 5]))
    const first = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    const second = await settle(exchange.exchange(1, 0, NOTHING, SOURCES))
    expect(inClear(first.inbox.get(2)).values[0]).toBe(5)
    expect(inClear(second.inbox.get(2)).values[0]).toBe(9)
    expect(clock.now()).toBe(0)
  })

  it('goes on without a late source at the deadline, names it, and drops its frame later', async () => {
    const { clock, exchange, frame, settle } = createWorld({ deadline: 2 })
    for (const source of [1, 2]) exchange.deliver(source, frame(0, [0, 0]))
    const { inbox, missing } = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    expect([...inbox.keys()]).toEqual([1, 2])
    expect(missing).toEqual([{ rank: 3, reason: 'late' }])
    expect(clock.now()).toBe(2)
    expect(exchange.deliver(3, frame(0, [0, 0]))).toBe('late')
    expect(exchange.counts.late).toBe(1)
  })

  it('does not wait for a source that has gone on to a later phase, where frames keep their order', async () => {
    const { clock, exchange, frame, settle } = createWorld({}, SOURCES, { ordered: true })
    for (const source of [1, 2]) exchange.deliver(source, frame(0, [0, 0]))
    const outcome = exchange.exchange(0, 0, NOTHING, SOURCES)
    clock.at(3, () => exchange.deliver(3, frame(0, [4, 4], 1)))
    expect((await settle(outcome)).missing).toEqual([{ rank: 3, reason: 'late' }])
    expect(clock.now()).toBe(3)
    for (const source of [1, 2]) exchange.deliver(source, frame(0, [0, 0], 1))
    const next = await settle(exchange.exchange(0, 1, NOTHING, SOURCES))
    expect([...next.inbox.keys()]).toEqual(SOURCES)
  })

  it('does not wait for a source that has gone on to a later round, where frames keep their order', async () => {
    const { clock, exchange, frame, settle } = createWorld({}, SOURCES, { ordered: true })
    for (const source of [1, 2]) exchange.deliver(source, frame(0, [0, 0]))
    const outcome = exchange.exchange(0, 0, NOTHING, SOURCES)
    clock.at(3, () => exchange.deliver(3, frame(1, [4, 4])))
    const { inbox, missing } = await settle(outcome)
    expect([...inbox.keys()]).toEqual([1, 2])
    expect(missing).toEqual([{ rank: 3, reason: 'late' }])
    expect(clock.now()).toBe(3)
    for (const source of [1, 2]) exchange.deliver(source, frame(1, [0, 0]))
    const next = await settle(exchange.exchange(1, 0, NOTHING, SOURCES))
    expect(inClear(next.inbox.get(3)).values[0]).toBe(4)
  })

  it('never waits longer than the ceiling, whatever the deadline', async () => {
    const { clock, exchange, settle } = createWorld({ maxDeadline: 7 })
    await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    expect(clock.now()).toBe(7)
  })

  it('learns from late arrivals how long to wait', async () => {
    const { clock, exchange, frame, settle } = createWorld({ maxDeadline: 60 })
    const waits: number[] = []
    for (let round = 0; round < 12; round++) {
      const start = clock.now()
      for (const source of [1, 2])
        clock.at(start + 0.1, () => exchange.deliver(source, frame(round, [0, 0])))
      clock.at(start + 20, () => exchange.deliver(3, frame(round, [0, 0])))
      await settle(exchange.exchange(round, 0, NOTHING, SOURCES))
      waits.push(clock.now() - start)
    }
    expect(waits[0]).toBe(20)
    expect(waits.at(-1)).toBeLessThan(3)
  })

  it('does not wait for a source that is unreachable, nor for one that becomes so', async () => {
    const { clock, exchange, frame, gone, settle } = createWorld()
    gone.add(1)
    exchange.deliver(2, frame(0, [0, 0]))
    clock.at(3, () => gone.add(3))
    const { missing } = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    expect(missing).toEqual([
      { rank: 1, reason: 'unreachable' },
      { rank: 3, reason: 'unreachable' },
    ])
    expect(clock.now()).toBeLessThan(3.5)
  })

  it('keeps the first of two frames of a source', async () => {
    const { exchange, frame, settle } = createWorld()
    for (const source of SOURCES) exchange.deliver(source, frame(0, [1, 1]))
    expect(exchange.deliver(2, frame(0, [8, 8]))).toBe('duplicate')
    const { inbox } = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    expect(inClear(inbox.get(2)).values[0]).toBe(1)
  })

  it.each([
    ['bytes that are no frame', () => Uint8Array.of(1, 2, 3)],
    ['an empty frame', () => new Uint8Array()],
    ['too few values', (world: ReturnType<typeof createWorld>) => world.frame(0, [1])],
    ['too many values', (world: ReturnType<typeof createWorld>) => world.frame(0, [1, 2, 3])],
    ['NaN', (world: ReturnType<typeof createWorld>) => world.frame(0, [1, Number.NaN])],
    [
      'a phase no strategy has',
      (world: ReturnType<typeof createWorld>) => world.frame(0, [1, 2], 99),
    ],
  ])('does not wait for a source that sent %s', async (_what, hostile) => {
    const world = createWorld()
    const { clock, exchange, frame, settle } = world
    const outcome = exchange.exchange(0, 0, NOTHING, SOURCES)
    clock.at(1, () => exchange.deliver(1, frame(0, [1, 1])))
    clock.at(1, () => exchange.deliver(3, frame(0, [1, 1])))
    clock.at(2, () => exchange.deliver(2, hostile(world)))
    const { inbox, missing } = await settle(outcome)
    expect([...inbox.keys()]).toEqual([1, 3])
    expect(missing).toEqual([{ rank: 2, reason: 'invalid' }])
    expect(clock.now()).toBe(2)
    for (const source of SOURCES) exchange.deliver(source, frame(1, [1, 1]))
    const next = await settle(exchange.exchange(1, 0, NOTHING, SOURCES))
    expect(next.missing).toEqual([])
  })

  it('drops frames of strangers and of rounds far ahead, and keeps nothing of them', async () => {
    const { exchange, frame } = createWorld()
    expect(exchange.deliver(7, frame(0, [1, 1]))).toBe('unexpected')
    expect(exchange.deliver(1, frame(3, [1, 1]))).toBe('early')
    expect(exchange.deliver(1, frame(4_000_000_000, [1, 1]))).toBe('early')
    expect(exchange.deliver(1, frame(2, [1, 1]))).toBe('accepted')
  })

  it('tells by the majority of its neighbours that it is behind', () => {
    const { exchange, frame } = createWorld()
    exchange.deliver(1, frame(4_000_000_000, [1, 1]))
    exchange.deliver(1, frame(4_000_000_000, [1, 1]))
    expect(exchange.majorityRound?.()).toBeNull()
    exchange.deliver(2, frame(6, [1, 1]))
    expect(exchange.majorityRound?.()).toBe(6)
    exchange.deliver(3, frame(5, [1, 1]))
    expect(exchange.majorityRound?.()).toBe(6)
  })

  it('keeps the own model below the quorum, and says so', async () => {
    const { exchange, frame, settle } = createWorld({ quorum: 0.5, deadline: 1 })
    exchange.deliver(1, frame(0, [1, 1]))
    const below = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    expect(below.quorumMissed).toBe(true)
    expect(below.inbox.size).toBe(0)
    expect(below.missing.map(({ rank }) => rank)).toEqual([2, 3])
    for (const source of [1, 2]) exchange.deliver(source, frame(1, [1, 1]))
    const above = await settle(exchange.exchange(1, 0, NOTHING, SOURCES))
    expect(above.quorumMissed).toBe(false)
    expect(above.inbox.size).toBe(2)
  })

  it('encodes a payload once for all its targets and counts what it hands over', async () => {
    const { exchange, gone, sent, settle } = createWorld({ deadline: 1 })
    gone.add(3)
    const shared = model(1, 2)
    const { bytes } = await settle(
      exchange.exchange(
        0,
        0,
        new Map([
          [1, shared],
          [2, shared],
          [3, shared],
        ]),
        [],
      ),
    )
    expect(sent.map(({ target }) => target)).toEqual([1, 2])
    expect(sent[0]!.frame).toBe(sent[1]!.frame)
    expect(bytes.sent).toBe(2 * sent[0]!.frame.length)
    expect(bytes.values).toBe(2 * 8)
    expect(bytes.sent).toBe(bytes.values + bytes.indices + bytes.overhead)
  })

  it('counts what leaves besides its frames against the limits, and lets none of it go while they are used up', async () => {
    const { exchange, sent, settle } = createWorld({ up: 1000 })
    expect(exchange.admit(3000)).toBe(0)
    expect(exchange.admit(3000)).toBeNull()
    const outcome = exchange.exchange(0, 0, new Map([[1, model(1, 2)]]), [])
    expect((await settle(outcome)).skipped).toEqual([1])
    expect(sent).toHaveLength(1)
    expect(createWorld().exchange.admit(1e12)).toBe(0)
  })

  it('keeps phases of one round apart', async () => {
    const { exchange, frame, settle } = createWorld()
    for (const source of SOURCES) {
      exchange.deliver(source, frame(0, [2, 2], 1))
      exchange.deliver(source, frame(0, [1, 1], 0))
    }
    const first = await settle(exchange.exchange(0, 0, NOTHING, SOURCES))
    const second = await settle(exchange.exchange(0, 1, NOTHING, SOURCES))
    expect(inClear(first.inbox.get(1)).values[0]).toBe(1)
    expect(inClear(second.inbox.get(1)).values[0]).toBe(2)
  })

  it('ends with the reason of its signal', async () => {
    const { clock, exchange, settle } = createWorld()
    const controller = new AbortController()
    const outcome = exchange.exchange(0, 0, NOTHING, SOURCES, { signal: controller.signal })
    clock.at(1, () => controller.abort(new Error('stop')))
    await expect(settle(outcome)).rejects.toThrow('stop')
    expect(clock.now()).toBe(1)
  })
})
