import { needsEveryMessage } from '../sharing/index.ts'
import { isDynamic } from '../topology/index.ts'
import type { Job } from './job.ts'

/** What does not go together in a job whose keys are all right by themselves; one line each. */
export function conflicts({ share, topology, fragments, nodes, limits, emulation }: Job): string[] {
  if (!needsEveryMessage(share)) return []
  const needs = (what: string) =>
    `share.method: "${share.method}" ${what}; use "jwins" or "top-k" here, which take a lost message lightly`
  const problems: string[] = []
  if (nodes > 1 && isDynamic(topology)) {
    problems.push(
      needs(`needs the same neighbours in every round, "${topology.kind}" changes them`),
    )
  }
  if (fragments > 1) problems.push(needs('needs whole messages, fragments cuts them'))
  if (limits.up !== undefined || limits.daily !== undefined) {
    problems.push(needs('needs every message, limits.up and limits.daily leave some out'))
  }
  if (emulation.loss > 0) problems.push(needs('needs every message, emulation.loss drops some'))
  if (emulation.churn !== undefined) {
    problems.push(needs('needs every message, emulation.churn lets nodes leave'))
  }
  return problems
}
