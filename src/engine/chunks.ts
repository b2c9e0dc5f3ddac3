/** How the jobs of one call are cut into chunks that travel to the workers. */
import type { TrainJob } from './interface.ts'

/**
 * Bytes of parameters of a chunk of stacked nodes: with their gradients they stay in a core's own cache, and the
 * chunk is large enough that the fixed cost of a tensor operation is small beside its arithmetic.
 */
const STACK_BYTES = 1 << 20

/** More nodes in one tensor gain nothing. */
const MOST_STACKED = 64

/** Nodes that one worker is given at a time. */
export function chunkLength(
  jobs: number,
  { workers, layoutSize, stackable }: { workers: number; layoutSize: number; stackable: boolean },
): number {
  if (!stackable) return 1
  const fitting = Math.floor(STACK_BYTES / (layoutSize * Float32Array.BYTES_PER_ELEMENT))
  const longest = Math.max(1, Math.min(fitting, MOST_STACKED))
  // As many chunks for each worker, all equally long: nobody waits for the one that has one more.
  const turns = Math.ceil(jobs / (longest * workers))
  return Math.max(1, Math.ceil(jobs / (turns * workers)))
}

/** Positions of jobs, in groups that can be computed as one: equal steps, batch size, rates, and steps before. */
export function groupAlike(jobs: readonly TrainJob[]): number[][] {
  const groups = new Map<string, number[]>()
  jobs.forEach(({ batchSize, stepsBefore, learningRates }, index) => {
    const key = `${batchSize}|${stepsBefore}|${learningRates.join()}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [index])
    else group.push(index)
  })
  return [...groups.values()]
}

/** `items` in runs of at most `length`. */
export function inRuns<T>(items: readonly T[], length: number): T[][] {
  const runs: T[][] = []
  for (let start = 0; start < items.length; start += length) {
    runs.push(items.slice(start, start + length))
  }
  return runs
}
