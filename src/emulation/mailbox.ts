import type { Courier } from '../learning/index.ts'
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

  constructor(clock: VirtualClock, links: LinkModel) {
    this.#clock = clock
    this.#links = links
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
          this.#receivers.get(target)?.(source, frame)
        })
      },
    }
  }
}
