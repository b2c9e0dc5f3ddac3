/** Exchanges on a virtual clock, for tests: time is moved by hand, frames are delivered by hand or by courier. */
import { VirtualClock } from '../../src/emulation/virtual-clock.ts'
import {
  type BufferedExchange,
  type Courier,
  createExchange,
  createFrameCodec,
  type FrameCodec,
  type Job,
} from '../../src/learning/index.ts'
import { turn } from './turn.ts'

export const RUN = new Uint8Array(16).fill(7)

export interface World {
  readonly clock: VirtualClock
  readonly codec: FrameCodec
  readonly exchange: BufferedExchange
  readonly gone: Set<number>
  readonly sent: { readonly target: number; readonly frame: Uint8Array }[]
  /** A frame as `source` would send it. */
  frame(round: number, values: readonly number[], phase?: number): Uint8Array
  /** Lets time pass, in small steps, until `promise` has settled or nothing is left to happen. */
  settle<T>(promise: Promise<T>): Promise<T>
  /** Lets events up to `time` happen. */
  until(time: number): Promise<void>
}

/** Node 0 with the sources 1, 2 and 3, two values a model. */
export function createWorld(
  limits: Partial<Job['limits']> = {},
  sources: readonly number[] = [1, 2, 3],
  { ordered = false }: { ordered?: boolean } = {},
): World {
  const clock = new VirtualClock()
  const codec = createFrameCodec(RUN, { domain: 'parameters', size: 2 })
  const gone = new Set<number>()
  const sent: { target: number; frame: Uint8Array }[] = []
  const courier: Courier = {
    isReachable: (rank) => !gone.has(rank),
    async send(target, frame) {
      if (gone.has(target)) throw new Error('gone')
      sent.push({ target, frame })
    },
  }
  const exchange = createExchange({
    courier,
    codec,
    clock,
    limits: { deadline: 'adaptive', maxDeadline: 60, quorum: 0, ...limits },
    sourcesOf: () => sources,
    ordered,
  })
  return {
    clock,
    codec,
    exchange,
    gone,
    sent,
    frame: (round, values, phase = 0) =>
      codec.encode(round, phase, { domain: 'parameters', values: Float32Array.from(values) }).bytes,
    async settle(promise) {
      let settled = false
      const done = () => {
        settled = true
      }
      promise.then(done, done)
      do await turn()
      while (!settled && clock.advance())
      return promise
    },
    async until(time) {
      let reached = false
      clock.at(time, () => {
        reached = true
      })
      do await turn()
      while (!reached && clock.advance())
      await turn()
    },
  }
}
