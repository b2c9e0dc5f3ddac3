/** Runs are named by the beginning of their id, as long as it is one run's only. */
import type { DaemonApi, RunSummary } from '../api/index.ts'
import { NoSuchRunError } from './errors.ts'

export async function findRun(daemon: DaemonApi, prefix: string): Promise<RunSummary> {
  return chooseRun(await daemon.runs(), prefix)
}

/** @throws {NoSuchRunError} where no run, or more than one, begins so */
export function chooseRun(runs: readonly RunSummary[], prefix: string): RunSummary {
  const exact = runs.find((run) => run.id === prefix)
  if (exact !== undefined) return exact
  const matches = runs.filter((run) => run.id.startsWith(prefix))
  if (matches.length === 1) return matches[0]!
  if (matches.length === 0) {
    throw new NoSuchRunError(`No run begins with "${prefix}". List them with: starling runs`)
  }
  const listed = matches.map((run) => `  ${run.id}  ${run.name}`).join('\n')
  throw new NoSuchRunError(`"${prefix}" begins several runs; give more of the id:\n${listed}`)
}
