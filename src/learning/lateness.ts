/** How late messages come in an emulation, as far as a job says it by itself. */
import type { Job } from './job.ts'

/** A normal delay is longer once in a billion times. */
const DEVIATIONS = 6

/** Evaluations, as long as a step each, that delay a neighbour's message: its own, and one that it had to wait for. */
const EVALUATIONS = 2

/**
 * Seconds that a node may have to wait, after its own local steps, for a neighbour's message of the same round. What
 * links and sizes of messages add (`emulation.bandwidth`, `limits.down`) is known only when they are sent.
 */
export function emulatedLateness({ emulation, train: { localSteps } }: Job): number {
  const { latency, jitter, stepSeconds, stragglers } = emulation
  const slowdown = stragglers === undefined || stragglers.share === 0 ? 1 : stragglers.slowdown
  const behind = slowdown * (localSteps + EVALUATIONS) - localSteps
  return latency + DEVIATIONS * jitter + behind * stepSeconds
}
