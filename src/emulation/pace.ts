import type { Job } from '../learning/index.ts'
import { randomStream } from '../numeric/random.ts'

/** Virtual seconds that one local step takes on each node: stragglers, drawn from the seed, are slower. */
export function stepSeconds(job: Job): Float64Array {
  const { stepSeconds: usual, stragglers } = job.emulation
  const pace = new Float64Array(job.nodes).fill(usual)
  if (stragglers === undefined) return pace
  const ranks = Array.from({ length: job.nodes }, (_, rank) => rank)
  randomStream(job.seed, 'stragglers').shuffle(ranks)
  for (const rank of ranks.slice(0, Math.round(stragglers.share * job.nodes))) {
    pace[rank] = usual * stragglers.slowdown
  }
  return pace
}
