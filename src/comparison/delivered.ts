/** How many of the values that nodes send get into their neighbours' models. */
import type { Job, RunResult } from '../learning/index.ts'

/**
 * Values that a node sends in a round and that are mixed in where they arrive: in a private run, by sums that are adopted.
 * Counted where that is all of them. Null where it is not known: where a value has no size of its own, where the
 * emulated network may lose or delay messages, and where sums were refused.
 */
export function deliveredValues(job: Job, { bytes, privacy, diverged }: RunResult): number | null {
  const size = bytesOfValue(job)
  const isEverySumAdopted =
    privacy === undefined || privacy.rounds.refused + privacy.rounds.coolingDown === 0
  const isAllMixedIn = isEverySumAdopted && hearsEverything(job) && diverged === undefined
  return size === null || !isAllMixedIn ? null : bytes.values / size
}

function bytesOfValue({ share, privacy }: Job): number | null {
  if (privacy.secureAggregation !== 'off') return privacy.ringBits / 8
  return 'values' in share && share.values === 'float32' ? 4 : null
}

/** Whether whatever a node sends arrives in time. */
function hearsEverything({ emulation }: Job): boolean {
  const { latency, jitter, loss, bandwidth, stragglers, churn } = emulation
  const isAtOnce = latency === 0 && jitter === 0 && bandwidth === undefined
  return isAtOnce && loss === 0 && stragglers === undefined && churn === undefined
}
