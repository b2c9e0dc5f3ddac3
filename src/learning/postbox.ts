import type { EncodedFrame } from '../sharing/index.ts'
import type { Outbox, Payload } from '../sharing/interface.ts'
import type { FrameCodec } from './frame-codec.ts'
import type { Courier } from './interface.ts'

/** What was handed to the transport; goes down again where the transport could not send it. */
export interface SentBytes {
  sent: number
  values: number
  indices: number
  overhead: number
}

/** A target that takes no more than this many frames at a time misses the next ones: memory stays bounded. */
const FRAMES_IN_FLIGHT = 2

/** Encodes and sends. Never waits for a target: what cannot be sent is simply missing there. */
export class Postbox {
  readonly #courier: Courier
  readonly #codec: FrameCodec
  readonly #inFlight = new Map<number, number>()

  constructor(courier: Courier, codec: FrameCodec) {
    this.#courier = courier
    this.#codec = codec
  }

  /** Sends every message of the outbox; a payload that stands for several targets is encoded once. */
  post(
    round: number,
    phase: number,
    outbox: Outbox,
    options: { signal?: AbortSignal },
  ): Readonly<SentBytes> {
    const bytes: SentBytes = { sent: 0, values: 0, indices: 0, overhead: 0 }
    const encoded = new Map<Payload, EncodedFrame>()
    for (const [target, payload] of outbox) {
      if (this.#flyingTo(target) >= FRAMES_IN_FLIGHT || !this.#courier.isReachable(target)) continue
      const frame = encoded.get(payload) ?? this.#codec.encode(round, phase, payload)
      encoded.set(payload, frame)
      count(bytes, frame, 1)
      void this.#send(target, frame, options, bytes)
    }
    return bytes
  }

  /** Never rejects: what could not be sent is taken off `bytes` again. */
  async #send(
    target: number,
    frame: EncodedFrame,
    options: { signal?: AbortSignal },
    bytes: SentBytes,
  ): Promise<void> {
    this.#inFlight.set(target, this.#flyingTo(target) + 1)
    try {
      await this.#courier.send(target, frame.bytes, options)
    } catch {
      count(bytes, frame, -1)
    } finally {
      this.#inFlight.set(target, this.#flyingTo(target) - 1)
    }
  }

  #flyingTo(target: number): number {
    return this.#inFlight.get(target) ?? 0
  }
}

function count(bytes: SentBytes, frame: EncodedFrame, times: 1 | -1): void {
  bytes.sent += times * frame.bytes.length
  bytes.values += times * frame.values
  bytes.indices += times * frame.indices
  bytes.overhead += times * frame.overhead
}
