import type { Job } from '../learning/index.ts'
import { type RandomStream, randomStream } from '../numeric/random.ts'

/** When a frame would arrive: from the moment it is handed over, its size and what its sender is still sending. */
export interface LinkModel {
  /** Time of arrival, seconds; null where the frame is lost on the way. Knows nothing of what else goes to the target. */
  arrival(source: number, now: number, bytes: number): number | null
  /** Seconds that fetching `bytes` from a node takes, there and back; free of chance and of queues. */
  roundTrip(bytes: number): number
}

/**
 * Every node has one uplink, on which its frames go out one after the other, and a latency with normally distributed
 * jitter. Loss takes whole frames, after they have used the uplink. Chance is drawn per source, in the order of its
 * sending, so that it does not depend on what others do.
 */
export function createLinkModel(options: Job['emulation'], seed: number, nodes: number): LinkModel {
  const { latency, jitter, loss, bandwidth = Number.POSITIVE_INFINITY } = options
  const uplinkFree = new Float64Array(nodes)
  const streams: RandomStream[] = []
  const streamOf = (source: number) => (streams[source] ??= randomStream(seed, 'link', source))
  return {
    arrival(source, now, bytes) {
      const sent = Math.max(now, uplinkFree[source]!) + bytes / bandwidth
      uplinkFree[source] = sent
      if (loss > 0 && streamOf(source).uniform() < loss) return null
      const delay = jitter > 0 ? latency + jitter * streamOf(source).normal() : latency
      return sent + Math.max(0, delay)
    },
    roundTrip: (bytes) => 2 * latency + bytes / bandwidth,
  }
}
