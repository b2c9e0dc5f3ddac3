/**
 * Generic cell rate algorithm (ITU-T I.371): one number a peer, the theoretical arrival time of its next request
 * if it kept exactly to the quota. A request may come early by the burst the quota allows, no more.
 */
import { MAX_RATED_PEERS, type Quota } from './limits.ts'

export interface RateLimiter {
  /** Counts one request of `peer` made at `now` (seconds) and says whether it keeps to the quota. */
  allows(peer: string, now: number): boolean
  /** Counts one request and says for how many seconds to hold it back, 0 for none. */
  delay(peer: string, now: number): number
}

export function createRateLimiter(quota: Quota): RateLimiter {
  const interval = quota.seconds / quota.count
  const tolerance = quota.seconds - interval
  /** In order of last use: a Map iterates in order of insertion and every use inserts anew. */
  const arrivals = new Map<string, number>()

  function due(peer: string, now: number): number {
    return Math.max(arrivals.get(peer) ?? now, now)
  }

  function count(peer: string, arrival: number): void {
    arrivals.delete(peer)
    arrivals.set(peer, arrival)
    if (arrivals.size > MAX_RATED_PEERS) arrivals.delete(arrivals.keys().next().value as string)
  }

  return {
    allows(peer, now) {
      const arrival = due(peer, now)
      if (arrival - now > tolerance) return false
      count(peer, arrival + interval)
      return true
    },
    delay(peer, now) {
      const arrival = due(peer, now)
      count(peer, arrival + interval)
      return Math.max(0, arrival - now - tolerance)
    },
  }
}
