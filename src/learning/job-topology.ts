import { createTopology, ImpossibleTopologyError } from '../topology/index.ts'
import type { Topology } from '../topology/interface.ts'
import type { Job } from './job.ts'

/**
 * Who talks to whom in a job.
 *
 * @param nodes how many take part. @default as many as the job says
 * @throws {ImpossibleTopologyError} where the topology does not fit that number
 */
export function jobTopology(
  { topology, seed, fragments, nodes: planned }: Job,
  nodes: number = planned,
): Topology {
  return createTopology(topology, { nodes, seed, fragments })
}

/** The same, undefined where it cannot be, which is said elsewhere. */
export function possibleTopology(job: Job): Topology | undefined {
  try {
    return jobTopology(job)
  } catch (error) {
    if (error instanceof ImpossibleTopologyError) return undefined
    throw error
  }
}
