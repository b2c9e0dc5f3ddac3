import type { Graph } from '../topology/interface.ts'
import type { Job } from './job.ts'
import { possibleTopology } from './job-topology.ts'

/** A graph that changes may be the same for all fragments by chance, though hardly so many times in a row. */
const ROUNDS_COMPARED = 10

/** Why a job's fragments would all go to the same neighbours, as the whole model does. A lone node has none. */
export function fragmentConflicts(job: Job): string[] {
  const { fragments, nodes, topology } = job
  if (fragments === 1 || nodes === 1) return []
  const drawn = possibleTopology(job)
  if (drawn === undefined) return []
  const rounds = drawn.dynamic ? ROUNDS_COMPARED : 1
  for (let round = 0; round < rounds; round++) {
    if (!areEqual(drawn.graph(round).fragments!)) return []
  }
  return [
    `fragments: each of the ${fragments} would have the same neighbours, for "${topology.kind}" gives ` +
      `${nodes} nodes the same graph each time; use "regular", "small-world", "erdos-renyi", "random-regular", ` +
      '"el-oracle" or "el-local" with fewer neighbours than there are other nodes, or leave fragments at 1',
  ]
}

function areEqual([first, ...others]: readonly Graph[]): boolean {
  return others.every(({ targets }) =>
    targets.every(
      (list, rank) =>
        list.length === first!.targets[rank]!.length &&
        list.every((target, i) => target === first!.targets[rank]![i]),
    ),
  )
}
