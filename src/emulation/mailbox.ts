import type { Courier } from '../learning/index.ts'
import { AbsentNodeError } from './errors.ts'
import type { LinkModel } from './link-model.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Takes a frame that has arrived from `source`. */
export type Receive = (source: number, frame: Uint8Array) => void

/** The network of an emulation: hands each frame itself, uncopied, to its target when the link model says so. */
export class Mailbox {
  readonly #clock: VirtualClock
  readonly #links: LinkModel
  readonly #receivers = new Map<number, Receive>()
  /** Frames on their way, by source and by target. */
  readonly #flying = new Map<number, Map<number, number>>()

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
    const flying = this.#flying.get(source) ?? new Map<number, number>()
    this.#flying.set(source, flying)
    return {
      // As with TCP, that a node has gone is noticed only behind the last frame it sent.
      isReachable: (rank) =>
        this.#receivers.has(rank) || (this.#flying.get(rank)?.get(source) ?? 0) > 0,
      send: async (target, frame) => {
        if (!this.#receivers.has(target)) throw new AbsentNodeError(target)
        const arrival = this.#links.arrival(source, this.#clock.now(), frame.length)
        if (arrival === null) return
        flying.set(target, (flying.get(target) ?? 0) + 1)
        this.#clock.at(arrival, () => {
          flying.set(target, flying.get(target)! - 1)
          this.#receivers.get(target)?.(source, frame)
        })
      },
    }
  }
}
