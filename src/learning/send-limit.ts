/**
 * Keeps what a node sends within its job's limits: frames wait for their turn, messages become smaller, and only then
 * are neighbours left out. A token bucket of one second's bytes that may go into debt by one frame, so that even a
 * message larger than the bucket is sent now and then: over t seconds at most up · (t + 1) bytes and a frame leave.
 *
 * A day's bytes count what is received, too. The last fifth of them is spread over what is left of the day.
 */
import type { Clock } from '../runtime/clock.ts'

export interface SendLimits {
  /** Bytes a second. */
  readonly up?: number | undefined
  /** Bytes a day, in both directions. */
  readonly daily?: number | undefined
}

/** What the day has cost so far. */
export interface DayCount {
  /** Bytes, sent and received. */
  readonly spent: number
  readonly secondsLeft: number
}

/** Seconds for which the bucket fills up, and which the frames of a round may wait for their turn in it. */
const BURST_SECONDS = 1

/** The share of a day's bytes that is held back for the rest of the day. */
const RESERVE = 0.2

/** Bytes a frame or two may take; a smaller bucket would be in debt for ever. */
const LEAST_BUCKET = 1024

export class SendLimit {
  readonly #limits: SendLimits
  readonly #clock: Clock
  readonly #today: () => DayCount
  #tokens: number
  #filledAt: number

  constructor(limits: SendLimits, clock: Clock, today: () => DayCount) {
    this.#limits = limits
    this.#clock = clock
    this.#today = today
    this.#filledAt = clock.now()
    this.#tokens = bucket(this.#rate())
  }

  /** Bytes that each of so many messages may have now, at least 0; infinite without limits. */
  allowance(messages: number): number {
    const rate = this.#fill()
    if (rate === 0 || rate === Number.POSITIVE_INFINITY) return rate
    return Math.max(0, this.#tokens + bucket(rate)) / Math.max(1, messages)
  }

  /** Takes a frame into account and says for how many seconds to hold it back; null where it must not be sent. */
  admit(bytes: number): number | null {
    const rate = this.#fill()
    if (rate === Number.POSITIVE_INFINITY) return 0
    if (rate === 0) return null
    const delay = Math.max(0, -this.#tokens / rate)
    if (delay > BURST_SECONDS) return null
    this.#tokens -= bytes
    return delay
  }

  /** Takes into account what is sent in any case. */
  charge(bytes: number): void {
    this.#fill()
    this.#tokens -= bytes
  }

  /** Brings the bucket up to date; returns the rate in force. */
  #fill(): number {
    const rate = this.#rate()
    const now = this.#clock.now()
    if (rate < Number.POSITIVE_INFINITY) {
      const filled = this.#tokens + rate * (now - this.#filledAt)
      this.#tokens = Math.min(bucket(rate), filled)
    }
    this.#filledAt = now
    return rate
  }

  /** Bytes a second that both limits allow. */
  #rate(): number {
    const { up = Number.POSITIVE_INFINITY, daily } = this.#limits
    if (daily === undefined) return up
    const { spent, secondsLeft } = this.#today()
    const left = Math.max(0, daily - spent)
    return left > RESERVE * daily ? up : Math.min(up, left / Math.max(1, secondsLeft))
  }
}

function bucket(rate: number): number {
  return rate === Number.POSITIVE_INFINITY ? 0 : Math.max(LEAST_BUCKET, rate * BURST_SECONDS)
}

const DAY_SECONDS = 86_400

/** A day of the clock itself, which begins when it does, for nodes that live on a virtual one. */
export class DayTally {
  readonly #clock: Clock
  #day = 0
  #spent = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(bytes: number): void {
    this.#turn()
    this.#spent += bytes
  }

  count(): DayCount {
    const time = this.#turn()
    return { spent: this.#spent, secondsLeft: (this.#day + 1) * DAY_SECONDS - time }
  }

  #turn(): number {
    const time = this.#clock.now()
    const day = Math.floor(time / DAY_SECONDS)
    if (day > this.#day) this.#spent = 0
    this.#day = day
    return time
  }
}
