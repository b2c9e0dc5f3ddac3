import type { Clock } from '../runtime/clock.ts'
import type { EncodedFrame } from '../sharing/index.ts'
import type { Outbox, Payload } from '../sharing/interface.ts'
import type { FrameCodec } from './frame-codec.ts'
import type { Courier, FrameTally } from './interface.ts'
import type { SendLimit } from './send-limit.ts'

/** What was handed to the transport; goes down again where the transport could not send it. */
export interface SentBytes {
  sent: number
  values: number
  indices: number
  overhead: number
}

export interface Posted {
  readonly bytes: Readonly<SentBytes>
  /** Targets that the limit left out. */
  readonly skipped: readonly number[]
}

export interface PostboxInit {
  readonly courier: Courier
  readonly codec: FrameCodec
  readonly clock: Clock
  /** How much may be sent; null for as much as there is. */
  readonly limit: SendLimit | null
  /** Counts what has been sent. @default nobody does */
  readonly tally?: FrameTally | undefined
}

/** A target that takes no more than this many frames at a time misses the next ones: memory stays bounded. */
const FRAMES_IN_FLIGHT = 2

/** Encodes and sends. Never waits for a target: what cannot be sent is simply missing there. */
export class Postbox {
  readonly #init: PostboxInit
  readonly #inFlight = new Map<number, number>()
  /** When the last frame that waits for a target may go. */
  readonly #turns = new Map<number, Promise<unknown>>()

  constructor(init: PostboxInit) {
    this.#init = init
  }

  /**
   * Sends every message of the outbox; a payload that stands for several targets is encoded once. Targets for which
   * the limit leaves nothing, others in each round, get a message without values, so that they need not wait.
   */
  post(round: number, phase: number, outbox: Outbox, options: { signal?: AbortSignal }): Posted {
    const { codec, courier, limit } = this.#init
    const bytes: SentBytes = { sent: 0, values: 0, indices: 0, overhead: 0 }
    const skipped: number[] = []
    const encoded = new Map<Payload, EncodedFrame>()
    const encode = (payload: Payload) => {
      const frame = encoded.get(payload) ?? codec.encode(round, phase, payload)
      encoded.set(payload, frame)
      return frame
    }
    for (const [target, payload] of limit === null ? outbox : rotated([...outbox], round)) {
      if (this.#flyingTo(target) >= FRAMES_IN_FLIGHT || !courier.isReachable(target)) continue
      let frame = encode(payload)
      let delay = limit === null ? 0 : limit.admit(frame.bytes.length)
      if (delay === null) {
        skipped.push(target)
        const rest = withoutValues(payload)
        if (rest === null) continue
        frame = encode(rest)
        limit?.charge(frame.bytes.length)
        delay = 0
      }
      count(bytes, frame, 1)
      void this.#send(target, frame, delay, options, bytes)
    }
    return { bytes, skipped }
  }

  /** Resolves when no frame waits for its turn any more. */
  async flush(): Promise<void> {
    await Promise.allSettled(this.#turns.values())
  }

  /** Never rejects: what could not be sent is taken off `bytes` again. */
  async #send(
    target: number,
    frame: EncodedFrame,
    delay: number,
    options: { signal?: AbortSignal },
    bytes: SentBytes,
  ): Promise<void> {
    const { courier, tally } = this.#init
    this.#inFlight.set(target, this.#flyingTo(target) + 1)
    try {
      await this.#turn(target, delay, options)
      await courier.send(target, frame.bytes, options)
      tally?.sent(target, frame)
    } catch {
      count(bytes, frame, -1)
    } finally {
      this.#inFlight.set(target, this.#flyingTo(target) - 1)
    }
  }

  /** Resolves after so many seconds, and not before the frames that wait for the same target. */
  #turn(
    target: number,
    delay: number,
    options: { signal?: AbortSignal },
  ): Promise<unknown> | undefined {
    const { clock, limit } = this.#init
    if (limit === null) return undefined
    const due = delay > 0 ? clock.sleep(delay, options) : undefined
    const turn = Promise.all([this.#turns.get(target), due])
    this.#turns.set(target, turn)
    return turn
  }

  #flyingTo(target: number): number {
    return this.#inFlight.get(target) ?? 0
  }
}

/** The list begun at another place in each round, so that a limit does not always leave out the same. */
function rotated<T>(list: readonly T[], round: number): T[] {
  const start = round % Math.max(1, list.length)
  return [...list.slice(start), ...list.slice(0, start)]
}

const NOTHING = new Uint32Array()

function withoutValues(payload: Payload): Payload | null {
  if (payload.domain === 'letter') return null
  const size = payload.selection?.size ?? payload.values.length
  return {
    domain: payload.domain,
    values: new Float32Array(),
    selection: { size, indices: NOTHING },
  }
}

function count(bytes: SentBytes, frame: EncodedFrame, times: 1 | -1): void {
  bytes.sent += times * frame.bytes.length
  bytes.values += times * frame.values
  bytes.indices += times * frame.indices
  bytes.overhead += times * frame.overhead
}
