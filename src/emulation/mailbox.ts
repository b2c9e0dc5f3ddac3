import { type Courier, ReceiveLimit } from '../learning/index.ts'
import { AbsentNodeError } from './errors.ts'
import type { LinkModel } from './link-model.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Takes a frame that has arrived from `source`. */
export type Receive = (source: number, frame: Uint8Array) => void

/** What is on its way from one node to another. */
interface Link {
  frames: number
  /** When the last of them arrives, seconds. */
  last: number
}

/**
 * The network of an emulation: hands each frame itself, uncopied, to its target when the link model says so. As on one
 * stream, frames from one node to another arrive in the order of sending: jitter may hold one up, never let it overtake.
 */
export class Mailbox {
  readonly #clock: VirtualClock
  readonly #links: LinkModel
  readonly #receivers = new Map<number, Receive>()
  /** By source and by target. */
  readonly #onTheWay = new Map<number, Map<number, Link>>()

  readonly #down: number
  readonly #downlinks = new Map<number, ReceiveLimit>()

  /** @param down bytes a second that each node takes */
  constructor(clock: VirtualClock, links: LinkModel, down = Number.POSITIVE_INFINITY) {
    this.#clock = clock
    this.#links = links
    this.#down = down
  }

  /** `rank` is there from now on; what arrives for it goes to `receive`. */
  connect(rank: number, receive: Receive): void {
    this.#receivers.set(rank, receive)
  }

  /** `rank` is away from now on; what is on its way to it is lost. */
  disconnect(rank: number): void {
    this.#receivers.delete(rank)
  }

  isConnected(rank: number): boolean {
    return this.#receivers.has(rank)
  }

  /** Through the target's downlink to the target. */
  #take(target: number, source: number, frame: Uint8Array): void {
    const deliver = () => this.#receivers.get(target)?.(source, frame)
    const downlink = this.#downlinks.get(target) ?? new ReceiveLimit(this.#down)
    this.#downlinks.set(target, downlink)
    const seconds = downlink.pass(frame.length, this.#clock.now())
    if (seconds === 0) deliver()
    else this.#clock.at(this.#clock.now() + seconds, deliver)
  }

  courierOf(source: number): Courier {
    const links = this.#onTheWay.get(source) ?? new Map<number, Link>()
    this.#onTheWay.set(source, links)
    return {
      // As with TCP, that a node has gone is noticed only behind the last frame it sent.
      isReachable: (rank) =>
        this.#receivers.has(rank) || (this.#onTheWay.get(rank)?.get(source)?.frames ?? 0) > 0,
      send: async (target, frame) => {
        if (!this.#receivers.has(target)) throw new AbsentNodeError(target)
        const arrival = this.#links.arrival(source, this.#clock.now(), frame.length)
        if (arrival === null) return
        const link = links.get(target) ?? { frames: 0, last: 0 }
        links.set(target, link)
        link.frames++
        link.last = Math.max(link.last, arrival)
        this.#clock.at(link.last, () => {
          link.frames--
          this.#take(target, source, frame)
        })
      },
    }
  }
}
