/**
 * One phase of one round between neighbours, over any `Courier`: send, then wait until every source has been heard,
 * is known to be unreachable or has sent something unusable, or the deadline has passed. Nothing a neighbour does or
 * fails to do makes it throw, or wait longer.
 */
import type { Clock } from '../runtime/clock.ts'
import type { Inbox, Outbox, Payload } from '../sharing/interface.ts'
import { DELAYS_REMEMBERED, WORK_REMEMBERED, waitingTime } from './deadline.ts'
import { type Delivery, FrameBuffer } from './frame-buffer.ts'
import type { FrameCodec } from './frame-codec.ts'
import type { Courier, Exchange, ExchangeOutcome, FrameTally } from './interface.ts'
import type { Job } from './job.ts'
import { Postbox } from './postbox.ts'
import { type DayCount, DayTally, SendLimit } from './send-limit.ts'

export interface ExchangeInit {
  readonly courier: Courier
  readonly codec: FrameCodec
  /** Counts bytes by neighbour. @default nobody does */
  readonly tally?: FrameTally
  /** What today has cost, for `limits.daily`. @default this exchange's own frames on its clock's day */
  today?(): DayCount
  readonly clock: Clock
  readonly limits: Job['limits']
  /** From whom this node receives in a round; frames of others are dropped. */
  sourcesOf(round: number): readonly number[]
  /** The first round that will be exchanged; frames of earlier ones are late. @default 0 */
  readonly round?: number
  /**
   * Whether frames of one source arrive in the order in which they were sent: one of a later phase or round then says
   * that none of this one will come. @default false
   */
  readonly ordered?: boolean
}

/** An exchange and the way in for its frames. */
export interface BufferedExchange extends Exchange {
  /** Takes one frame; the caller knows `source` from the connection. Says what became of it. */
  deliver(source: number, bytes: Uint8Array): Delivery
  /**
   * Asks the limits for bytes that leave besides the frames: seconds to hold them back, and they count; null where they
   * must not leave.
   */
  admit(bytes: number): number | null
  /** Frames delivered since the start, by what became of them. */
  readonly counts: Readonly<Record<Delivery, number>>
}

export function createExchange(init: ExchangeInit): BufferedExchange {
  return new DeadlineExchange(init)
}

/** A neighbour can lose its connection while we wait for it; looking again this often costs nothing. */
const REACHABILITY_SECONDS = 0.25

/** Waits that late frames are still measured against. */
const STARTS_REMEMBERED = 4

/** A wait in progress: whom for, and how to end it early. */
interface Wait {
  readonly pending: Set<number>
  readonly start: number
  wake(): void
}

class DeadlineExchange implements BufferedExchange {
  readonly counts = { accepted: 0, late: 0, early: 0, duplicate: 0, unexpected: 0, invalid: 0 }
  readonly #init: ExchangeInit
  readonly #buffer: FrameBuffer
  readonly #postbox: Postbox
  readonly #limit: SendLimit | null
  readonly #day: DayTally
  readonly #delays: number[] = []
  readonly #work: number[] = []
  readonly #starts: { round: number; phase: number; start: number }[] = []
  #misses = 0
  #received = 0
  #lastEnd: number | null = null
  #wait: Wait | null = null

  constructor(init: ExchangeInit) {
    this.#init = init
    this.#day = new DayTally(init.clock)
    this.#buffer = new FrameBuffer((round) => init.sourcesOf(round), init.round ?? 0)
    const { up, daily } = init.limits
    const isLimited = up !== undefined || daily !== undefined
    this.#limit = isLimited ? new SendLimit({ up, daily }, init.clock, () => this.#today()) : null
    this.#postbox = new Postbox({ ...init, limit: this.#limit })
  }

  allowance(messages: number): number {
    return this.#limit?.allowance(messages) ?? Number.POSITIVE_INFINITY
  }

  admit(bytes: number): number | null {
    return this.#limit === null ? 0 : this.#limit.admit(bytes)
  }

  release(inbox: Inbox): void {
    for (const payload of inbox.values()) this.#init.codec.release?.(payload)
  }

  flush(): Promise<void> {
    return this.#postbox.flush()
  }

  majorityRound(): number | null {
    return this.#buffer.majorityRound()
  }

  deliver(source: number, bytes: Uint8Array): Delivery {
    this.#received += bytes.length
    this.#day.add(bytes.length)
    const frame = this.#init.codec.decode(bytes)
    this.#init.tally?.received(source, bytes.length, frame?.parts ?? null)
    const delivery = frame === null ? this.#buffer.reject(source) : this.#buffer.put(source, frame)
    this.counts[delivery]++
    if (delivery === 'late') this.#measureLate(frame!.round, frame!.phase)
    const arrivedNow =
      delivery === 'invalid' || this.#buffer.hasArrived(source) || this.#hasGoneOn(source)
    if (arrivedNow && this.#wait?.pending.delete(source)) {
      if (this.#buffer.hasArrived(source)) this.#measure(this.#wait.start)
      if (this.#wait.pending.size === 0) this.#wait.wake()
    }
    return delivery
  }

  async exchange(
    round: number,
    phase: number,
    outbox: Outbox,
    sources: readonly number[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ExchangeOutcome> {
    const { clock, limits } = this.#init
    const began = clock.now()
    if (this.#lastEnd !== null) remember(this.#work, began - this.#lastEnd, WORK_REMEMBERED)
    const { bytes: sent, skipped } = this.#postbox.post(round, phase, outbox, { signal })
    this.#day.add(sent.sent)
    const start = clock.now()
    remember(this.#starts, { round, phase, start }, STARTS_REMEMBERED)

    const arrived = this.#buffer.open(round, phase)
    const unreachable = await this.#awaitSources(sources, { start, phase, signal })
    const inbox = new Map<number, Payload>()
    const missing: ExchangeOutcome['missing'][number][] = []
    for (const rank of sources) {
      const payload = arrived.get(rank)
      if (payload !== undefined) inbox.set(rank, payload)
      else if (this.#buffer.isRejected(rank)) missing.push({ rank, reason: 'invalid' })
      else missing.push({ rank, reason: unreachable.has(rank) ? 'unreachable' : 'late' })
    }
    this.#buffer.close()

    const quorumMissed = inbox.size < limits.quorum * sources.length
    const unheard = sources.length > 0 && inbox.size === 0
    this.#misses = quorumMissed || unheard ? this.#misses + 1 : 0
    const received = this.#received
    this.#received = 0
    this.#lastEnd = clock.now()
    return {
      inbox: quorumMissed ? EMPTY : inbox,
      missing,
      quorumMissed,
      bytes: { ...sent, received },
      skipped,
      seconds: { encode: start - began, wait: this.#lastEnd - start },
    }
  }

  /** Resolves with the sources found unreachable, once there is nobody left to wait for or time is up. */
  async #awaitSources(
    sources: readonly number[],
    { start, phase, signal }: { start: number; phase: number; signal: AbortSignal | undefined },
  ): Promise<ReadonlySet<number>> {
    const { courier, clock, limits } = this.#init
    const unreachable = new Set<number>()
    const pending = new Set<number>()
    for (const rank of sources) {
      if (this.#buffer.hasArrived(rank)) remember(this.#delays, 0, DELAYS_REMEMBERED)
      else if (!this.#buffer.isRejected(rank) && !this.#hasGoneOn(rank)) pending.add(rank)
    }
    if (pending.size === 0) return unreachable

    const heard = new AbortController()
    const wake = () => heard.abort(WOKEN)
    signal?.addEventListener('abort', wake, { once: true })
    this.#wait = { pending, start, wake }
    const history = { delays: this.#delays, work: this.#work, misses: this.#misses }
    const deadline = start + waitingTime(history, limits, phase)
    try {
      for (;;) {
        signal?.throwIfAborted()
        for (const rank of pending) {
          if (courier.isReachable(rank)) continue
          pending.delete(rank)
          unreachable.add(rank)
        }
        const left = deadline - clock.now()
        if (pending.size === 0 || left <= 0) return unreachable
        await clock
          .sleep(Math.min(left, REACHABILITY_SECONDS), { signal: heard.signal })
          .catch(ignore)
      }
    } finally {
      this.#wait = null
      signal?.removeEventListener('abort', wake)
    }
  }

  #today(): DayCount {
    return this.#init.today?.() ?? this.#day.count()
  }

  /** Whether a source has left this phase behind without having sent its frame here. */
  #hasGoneOn(source: number): boolean {
    return this.#init.ordered === true && this.#buffer.isAhead(source)
  }

  /** Notes how long after the start of a wait a frame came. */
  #measure(start: number): void {
    remember(this.#delays, this.#init.clock.now() - start, DELAYS_REMEMBERED)
  }

  #measureLate(round: number, phase: number): void {
    const wait = this.#starts.find((known) => known.round === round && known.phase === phase)
    if (wait !== undefined) this.#measure(wait.start)
  }
}

/** Why a sleep ends early; one object, since the default reason records a stack trace each time. */
const WOKEN = new Error('a neighbour was heard')

const EMPTY: Inbox = new Map()

/** A sleep that is cut short is no failure here: the loop looks at what has changed. */
function ignore(): void {}

function remember<T>(list: T[], item: T, most: number): void {
  list.push(item)
  if (list.length > most) list.shift()
}
