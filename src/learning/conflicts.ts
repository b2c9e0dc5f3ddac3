import { isExact, needsEveryMessage } from '../sharing/index.ts'
import { isDynamic } from '../topology/index.ts'
import { shortestWait } from './deadline.ts'
import { fragmentConflicts } from './fragment-conflicts.ts'
import type { Job } from './job.ts'
import { emulatedLateness } from './lateness.ts'

/** What does not go together in a job whose keys are all right by themselves; one line each. */
export function conflicts(job: Job): string[] {
  return [...missedMessages(job), ...idleErrorFeedback(job), ...fragmentConflicts(job)]
}

/** Why a strategy that needs every message would miss some. A lone node has none to miss. */
function missedMessages(job: Job): string[] {
  const { share, topology, fragments, nodes, limits, emulation } = job
  if (!needsEveryMessage(share) || nodes === 1) return []
  const needs = (what: string) =>
    `share.method: "${share.method}" ${what}; use "jwins" or "top-k" here, which take a lost message lightly`
  const problems: string[] = []
  if (isDynamic(topology)) {
    problems.push(
      needs(`needs the same neighbours in every round, "${topology.kind}" changes them`),
    )
  }
  if (fragments > 1) problems.push(needs('needs whole messages, fragments cuts them'))
  if (limits.up !== undefined || limits.daily !== undefined) {
    problems.push(needs('needs every message, limits.up and limits.daily leave some out'))
  }
  if (limits.quorum > 0) {
    problems.push(
      needs(
        'needs every message, and below limits.quorum those that came are thrown away: leave quorum at 0',
      ),
    )
  }
  if (emulation.loss > 0) problems.push(needs('needs every message, emulation.loss drops some'))
  if (emulation.churn !== undefined) {
    problems.push(needs('needs every message, emulation.churn lets nodes leave'))
  }
  const late = emulatedLateness(job)
  const wait = shortestWait(ownWork(job), limits)
  if (late >= wait) {
    problems.push(
      needs(
        'needs every message, and by emulation.latency, jitter and stragglers some take up to ' +
          `${rounded(late)} s where a node may wait no longer than ${rounded(wait)} s: set limits.deadline and ` +
          'limits.maxDeadline to more than that',
      ),
    )
  }
  return problems
}

/** Virtual seconds that every round's local steps take at least. */
function ownWork({ emulation, train: { localSteps, skip } }: Job): number {
  return skip === undefined ? localSteps * emulation.stepSeconds : 0
}

/** Enough digits that neither number is taken for the other. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(6))
}

/** Why there is nothing that `share.errorFeedback` could feed back. */
function idleErrorFeedback({ share }: Job): string[] {
  if (!('errorFeedback' in share && share.errorFeedback)) return []
  if (!share.accumulate) {
    return [
      'share.errorFeedback: what rounding has left of a value is added to what accumulates, and with ' +
        'accumulate = false nothing does; leave one of the two at its default',
    ]
  }
  if (isExact(share.values)) {
    return [
      `share.errorFeedback: "${share.values}" values are not rounded, so nothing is left of them; set ` +
        'share.values to "float16", "bfloat16", "int8", "int6" or "int4", or errorFeedback = false',
    ]
  }
  return []
}
