import type { Clock } from '../../src/runtime/clock.ts'
import type { MemberReport, Reports } from '../network/index.ts'

export interface OutboxInit {
  readonly run: string
  /** Peer ids of the run's owners, without this node. */
  readonly owners: readonly string[]
  readonly reports: Reports
  readonly clock: Clock
  isConnected(peerId: string): boolean
}

/** Reports gather for so long before they travel together. */
const GATHER_SECONDS = 0.25

/** Wait after a failed call. */
const RETRY_SECONDS = 2

/** Reports kept for an owner that is away; the oldest go first. Several MB at most. */
const KEPT = 10_000

/** Brings a member's reports to each owner, in order, however often an owner is away. */
export class ReportOutbox {
  readonly #init: OutboxInit
  readonly #queues: ReadonlyMap<string, MemberReport[]>
  readonly #stopping = new AbortController()
  readonly #loops: readonly Promise<void>[]

  constructor(init: OutboxInit) {
    this.#init = init
    this.#queues = new Map(init.owners.map((owner) => [owner, []]))
    this.#loops = init.owners.map((owner) => this.#carry(owner))
  }

  add(...reports: readonly MemberReport[]): void {
    for (const queue of this.#queues.values()) {
      queue.push(...reports)
      if (queue.length > KEPT) queue.splice(0, queue.length - KEPT)
    }
  }

  /** Tries once more to empty the queues, for at most `seconds`, and ends. */
  async stop(seconds: number): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#loops)
    const signal = AbortSignal.timeout(seconds * 1000)
    await Promise.all(
      [...this.#queues.keys()].map(async (owner) => {
        while (await this.#sendSome(owner, signal)) {}
      }),
    )
  }

  async #carry(owner: string): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const queue = this.#queues.get(owner)!
      const isDone = await this.#sendSome(owner, signal)
      const pause = isDone || queue.length === 0 ? GATHER_SECONDS : RETRY_SECONDS
      await this.#init.clock.sleep(pause, { signal }).catch(() => {})
    }
  }

  /** Sends one batch. False when there was nothing to send or no way to send it. */
  async #sendSome(owner: string, signal: AbortSignal): Promise<boolean> {
    const queue = this.#queues.get(owner)!
    if (queue.length === 0 || !this.#init.isConnected(owner)) return false
    try {
      const stored = await this.#init.reports.send(this.#init.run, owner, [...queue], { signal })
      queue.splice(0, stored)
      return stored > 0
    } catch {
      // The owner is away or refuses; what it has not stored stays in the queue.
      return false
    }
  }
}
