/** A downlink of so many bytes a second: frames pass it one after the other. */
export class ReceiveLimit {
  readonly #rate: number
  #free = 0

  /** @param rate bytes a second; infinite for no limit */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** Seconds until a frame that arrives now has passed. */
  pass(bytes: number, now: number): number {
    this.#free = Math.max(now, this.#free) + bytes / this.#rate
    return this.#free - now
  }
}
