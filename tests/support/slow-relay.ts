import { connect, createServer, type Socket } from 'node:net'
import type { RandomStream } from '../../src/numeric/random.ts'

export interface Delays {
  /** Bursts smaller than this pass at once. */
  readonly least: number
  /** Chance of a burst to be held up. */
  readonly share: number
  readonly seconds: number
  readonly random: RandomStream
}

export interface Relay {
  readonly port: number
  /** Bursts so far, and how many of them were held up. */
  readonly counts: { bursts: number; late: number }
  close(): void
}

/** A port that passes connections on to another and holds up some of what goes either way, without changing the order. */
export async function startSlowRelay(to: number, delays: Delays): Promise<Relay> {
  const counts = { bursts: 0, late: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((inside) => {
    const outside = connect(to, '127.0.0.1')
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    pass(inside, outside, delays, counts)
    pass(outside, inside, delays, counts)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    counts,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Milliseconds of silence after which the next data are another burst. */
const GAP_MS = 20

function pass(from: Socket, to: Socket, delays: Delays, counts: Relay['counts']): void {
  let last = Number.NEGATIVE_INFINITY
  let isDecided = false
  let heldUntil = 0
  // One piece after the other, whenever a timer happens to fire.
  let before: Promise<void> = Promise.resolve()
  from.on('data', (data) => {
    const now = performance.now()
    if (now - last > GAP_MS) isDecided = false
    last = now
    if (data.length >= delays.least && !isDecided) {
      isDecided = true
      counts.bursts++
      if (delays.random.uniform() < delays.share) {
        counts.late++
        heldUntil = now + delays.seconds * 1000
      }
    }
    const due = heldUntil
    before = before.then(async () => {
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      to.write(data)
    })
  })
}
