import { quorum } from '../../crypto/index.ts'
import {
  createPrivateStrategy,
  createStrategy,
  type PrivatePorts,
  type Roll,
} from '../sharing/index.ts'
import type { SharingStrategy } from '../sharing/interface.ts'
import { exposingReceivers, weightsFor } from '../topology/index.ts'
import type { Topology } from '../topology/interface.ts'
import type { Job } from './job.ts'

/** Whether neighbours learn each other's sums only. A lone node has nobody to hide from. */
export function isPrivate({ privacy, nodes }: Job): boolean {
  return privacy.secureAggregation !== 'off' && nodes > 1
}

/**
 * The strategy of a job, for one node.
 * @param ports asked for in a private run only, where a strategy keeps secrets and each process needs one of its own
 */
export function jobStrategy(job: Job, ports: () => PrivatePorts): SharingStrategy {
  if (!isPrivate(job)) return createStrategy(job.share)
  return createPrivateStrategy(job, ports())
}

/** What a run's documents say to its sums. @param keyOf Ed25519 key of the member with a rank */
export function rollOf(
  { weights, privacy }: Job,
  runId: Uint8Array,
  topologyAt: (round: number) => Topology,
  keyOf: Roll['keyOf'],
): Roll {
  const sendersTo = (receiver: number, round: number) =>
    topologyAt(round).graph(round).sources[receiver] ?? []
  return {
    runId,
    keyOf,
    sendersTo,
    mostSenders() {
      const { sources } = topologyAt(0).graph(0)
      return Math.max(...sources.map(({ length }) => length))
    },
    weight: (receiver, sender, round) =>
      weightsFor(topologyAt(round).graph(round), receiver, weights).get(sender) ?? 0,
    quorum: (receiver, round) => quorum(sendersTo(receiver, round).length, privacy.minMaskers),
    exposing: (lists, round) =>
      exposingReceivers(topologyAt(round).graph(round), weights, privacy.minMaskers, lists),
  }
}
