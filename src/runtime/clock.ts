/**
 * Time as seen by a learner. The daemon's clock is the machine's; the emulator's is virtual, so that an hour of
 * network delays takes no real time and every run with the same seed sees the same delays.
 */
export interface Clock {
  /** Seconds since some fixed origin; never goes back. */
  now(): number
  /** Resolves after `seconds`. Rejects with the signal's reason when aborted. */
  sleep(seconds: number, options?: { signal?: AbortSignal }): Promise<void>
}
