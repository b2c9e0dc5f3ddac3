import { describe, expect, it } from 'vitest'
import { createLinkModel } from '../../src/emulation/link-model.ts'
import { Mailbox } from '../../src/emulation/mailbox.ts'
import { VirtualClock } from '../../src/emulation/virtual-clock.ts'
import { smallJob } from '../support/small-job.ts'

const links = (overrides: Record<string, unknown>, seed = 1) =>
  createLinkModel(smallJob(overrides).emulation, seed, 8)

describe('link model', () => {
  it('sends one frame after the other over a node’s uplink', () => {
    const model = links({ 'emulation.bandwidth': 1000, 'emulation.latency': 0.5 })
    expect(model.arrival(0, 0, 100)).toBeCloseTo(0.6)
    expect(model.arrival(0, 0, 100)).toBeCloseTo(0.7)
    expect(model.arrival(1, 0, 100)).toBeCloseTo(0.6)
    expect(model.arrival(0, 10, 100)).toBeCloseTo(10.6)
  })

  it('loses the given share of frames, the same ones for the same seed', () => {
    const drawn = (seed: number) => {
      const model = links({ 'emulation.loss': 0.3 }, seed)
      return Array.from({ length: 2000 }, () => model.arrival(0, 0, 1) === null)
    }
    const lost = drawn(1).filter(Boolean).length
    expect(lost).toBeGreaterThan(500)
    expect(lost).toBeLessThan(700)
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
  })

  it('spreads arrivals by the jitter, never before they were sent', () => {
    const model = links({ 'emulation.latency': 0.1, 'emulation.jitter': 0.1 })
    const arrivals = Array.from({ length: 1000 }, () => model.arrival(0, 5, 1)!)
    expect(Math.min(...arrivals)).toBeGreaterThanOrEqual(5)
    expect(new Set(arrivals).size).toBeGreaterThan(500)
  })
})

describe('mailbox', () => {
  it('hands over the frame itself, from its sender, at its time', async () => {
    const clock = new VirtualClock()
    const mailbox = new Mailbox(clock, links({ 'emulation.latency': 2 }))
    const got: unknown[] = []
    mailbox.connect(1, (source, frame) => got.push([source, frame, clock.now()]))
    const frame = Uint8Array.of(1, 2, 3)
    await mailbox.courierOf(0).send(1, frame)
    expect(got).toEqual([])
    clock.advance()
    expect(got).toEqual([[0, frame, 2]])
    expect((got[0] as unknown[])[1]).toBe(frame)
  })

  it('refuses what is for a node that is away, and drops what arrives when it is', async () => {
    const clock = new VirtualClock()
    const mailbox = new Mailbox(clock, links({ 'emulation.latency': 2 }))
    const courier = mailbox.courierOf(0)
    expect(courier.isReachable(1)).toBe(false)
    await expect(courier.send(1, new Uint8Array(1))).rejects.toThrow('Node 1 is not there')
    let arrived = 0
    mailbox.connect(1, () => arrived++)
    expect(courier.isReachable(1)).toBe(true)
    await courier.send(1, new Uint8Array(1))
    mailbox.disconnect(1)
    clock.advance()
    expect(arrived).toBe(0)
  })

  it('keeps the order of frames between two nodes, whatever their jitter', async () => {
    const clock = new VirtualClock()
    const mailbox = new Mailbox(clock, links({ 'emulation.latency': 0.1, 'emulation.jitter': 0.1 }))
    const arrived = new Map<number, number[]>([1, 2].map((rank) => [rank, []]))
    for (const [rank, numbers] of arrived) {
      mailbox.connect(rank, (_source, frame) => numbers.push(frame[0]!))
    }
    const courier = mailbox.courierOf(0)
    const numbers = Array.from({ length: 100 }, (_, number) => number)
    for (const number of numbers) await courier.send(1 + (number % 2), Uint8Array.of(number))
    while (clock.advance()) {}
    expect(arrived.get(1)).toEqual(numbers.filter((number) => number % 2 === 0))
    expect(arrived.get(2)).toEqual(numbers.filter((number) => number % 2 === 1))
  })

  it('shows that a node has gone only behind the last frame it sent', async () => {
    const clock = new VirtualClock()
    const mailbox = new Mailbox(clock, links({ 'emulation.latency': 2 }))
    mailbox.connect(0, () => {})
    mailbox.connect(1, () => {})
    await mailbox.courierOf(1).send(0, new Uint8Array(1))
    mailbox.disconnect(1)
    expect(mailbox.courierOf(0).isReachable(1)).toBe(true)
    clock.advance()
    expect(mailbox.courierOf(0).isReachable(1)).toBe(false)
  })
})
