import type { Clock } from '../../src/runtime/clock.ts'
import type { MemberReport, Reports } from '../network/index.ts'

export interface OutboxInit {
  readonly run: string
  /** Peer ids of the run's owners, without this node. */
  readonly owners: readonly string[]
  readonly reports: Reports
  readonly clock: Clock
  isConnected(peerId: string): boolean
  /** Is told of a report that an owner will not take: it is not sent to that one again. */
  refused(report: MemberReport, reason: string): void
  /** Is told whenever an owner has all that was added so far. */
  emptied(): void
}

/** Reports gather for so long before they travel together. */
const GATHER_SECONDS = 0.25

/** Wait after a failed call, and the longest one: an owner may have lost the run, or this member its place, for good. */
const RETRY_SECONDS = { first: 2, longest: 300 } as const

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

  /** Owners that have all that was added so far. */
  get delivered(): readonly string[] {
    return [...this.#queues].flatMap(([owner, queue]) => (queue.length === 0 ? [owner] : []))
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
    const { clock, isConnected } = this.#init
    let retry: number = RETRY_SECONDS.first
    while (!signal.aborted) {
      const isDone = await this.#sendSome(owner, signal)
      const isThrough = isDone || this.#queues.get(owner)!.length === 0
      const pause = isThrough ? GATHER_SECONDS : retry
      const isFailing = !isThrough && isConnected(owner)
      retry = isFailing ? Math.min(2 * retry, RETRY_SECONDS.longest) : RETRY_SECONDS.first
      await clock.sleep(pause, { signal }).catch(() => {})
    }
  }

  /** Sends one batch. False when there was nothing to send or no way to send it. */
  async #sendSome(owner: string, signal: AbortSignal): Promise<boolean> {
    const queue = this.#queues.get(owner)!
    if (queue.length === 0 || !this.#init.isConnected(owner)) return false
    try {
      const { reports, run, refused: tell, emptied } = this.#init
      const { stored, refused } = await reports.send(run, owner, [...queue], { signal })
      queue.splice(0, stored)
      // Sent again it would be refused again, and those behind it would never arrive.
      if (refused !== null) for (const report of queue.splice(0, 1)) tell(report, refused)
      if (queue.length === 0) emptied()
      return stored > 0 || refused !== null
    } catch {
      // The owner is away or does not answer; what it has not stored stays in the queue.
      return false
    }
  }
}
