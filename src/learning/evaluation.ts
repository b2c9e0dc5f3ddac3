/** When a node measures its model, and on which examples: pure functions of the job. */
import { randomStream } from '../numeric/random.ts'
import type { Job } from './job.ts'

/** Whether the model is evaluated at the end of `round` (counted from 0): every so many rounds and after the last. */
export function isEvaluationDue(job: Job, round: number): boolean {
  return (round + 1) % job.eval.every === 0 || round + 1 === job.train.rounds
}

/**
 * Indices of the test examples that all nodes evaluate on, ascending; undefined for all of them.
 * @param available examples in the test set
 */
export function evaluationExamples(job: Job, available: number): Int32Array | undefined {
  const { samples } = job.eval
  if (samples === undefined || samples >= available) return undefined
  return sample(job.seed, 'evaluation-examples', available, samples)
}

/** Ranks that are evaluated in an emulation, ascending. */
export function evaluatedRanks(job: Job, nodes: number): Int32Array {
  return sample(job.seed, 'evaluated-nodes', nodes, Math.min(job.eval.nodes ?? nodes, nodes))
}

function sample(seed: number, label: string, from: number, count: number): Int32Array {
  const all = Int32Array.from({ length: from }, (_, index) => index)
  return randomStream(seed, label).shuffle(all).slice(0, count).sort()
}
