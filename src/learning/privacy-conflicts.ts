import { checkRing, InvalidRingError, largestSum } from '../../crypto/index.ts'
import { canBePrivate, isExact, MAX_DEGREE, ringOf } from '../sharing/index.ts'
import { auditIsolation, isDynamic } from '../topology/index.ts'
import type { Graph } from '../topology/interface.ts'
import type { Job } from './job.ts'
import { possibleTopology } from './job-topology.ts'

/** Up to 2^d sums are made of d neighbours that choose their coordinates themselves: 256 of 8. */
const MOST_OWN_NEIGHBOURS = 8

/** Why a job with secure aggregation would hide nothing, or never make a sum; one line each. */
export function privacyConflicts(job: Job): string[] {
  const { privacy, share, topology, nodes, fragments, limits } = job
  if (privacy.secureAggregation === 'off' || nodes === 1) return []
  const problems: string[] = []
  if (!canBePrivate(share)) {
    problems.push(
      `share.method: "${share.method}" cannot be summed under masks; use "jwins", "top-k", "random-subsampling" or "full"`,
    )
  }
  if ('values' in share && !isExact(share.values)) {
    problems.push(
      `share.values: masked words are as wide as privacy.ringBits says; leave "${share.values}" out`,
    )
  }
  if (privacy.indices === 'own' && privacy.secureAggregation === 'off-same-ring') {
    problems.push(
      'privacy.secureAggregation: "off-same-ring" compares sums over common coordinates; with indices = "own" compare with "off"',
    )
  }
  if (privacy.indices === 'own' && privacy.ringBits === 16) {
    problems.push('privacy.ringBits: indices = "own" takes words of 32 bits')
  }
  for (const limit of ['up', 'daily'] as const) {
    if (limits[limit] === undefined) continue
    problems.push(
      `limits.${limit}: a node that leaves out a letter is left out of its neighbours' sums; leave the limit out`,
    )
  }
  if (fragments > 1) {
    problems.push(
      'fragments: cut models cannot be summed under masks; leave it at 1 in a private run',
    )
  }
  if (privacy.cooldown === 0 && privacy.epochRounds === 1) {
    problems.push(
      'privacy.cooldown: with 0 and epochRounds = 1 neighbours may be let in and left out in every round, and each sum shows one; ' +
        'set cooldown = 1 or more, or longer epochs',
    )
  }
  try {
    checkRing(ringOf(privacy, 1))
  } catch (error) {
    if (!(error instanceof InvalidRingError)) throw error
    return [...problems, `privacy.clip: ${error.message}`]
  }
  if (isDynamic(topology)) {
    return [
      ...problems,
      `topology.kind: "${topology.kind}" changes its neighbours, and sums over changing neighbours tell ` +
        'them apart; use a graph that stays, such as "regular"',
    ]
  }
  const graph = possibleTopology(job)?.graph(0)
  return graph === undefined ? problems : [...problems, ...graphProblems(job, graph)]
}

function graphProblems({ privacy, weights }: Job, graph: Graph): string[] {
  const { minMaskers } = privacy
  const degrees = graph.sources.map((sources) => sources.length)
  const [least, most] = [Math.min(...degrees), Math.max(...degrees)]
  if (least <= minMaskers) {
    return [
      `privacy.minMaskers: with ${minMaskers} each node needs at least ${minMaskers + 1} neighbours and node ` +
        `${degrees.indexOf(least)} has ${least}; use a graph of higher degree` +
        (minMaskers > 1 && least > 1
          ? `, or minMaskers = ${least - 1}, which fewer liars defeat`
          : ''),
    ]
  }
  if (privacy.indices === 'own' && most > MOST_OWN_NEIGHBOURS) {
    return [
      `privacy.indices: with "own" there is a sum for each set of neighbours, up to ${MOST_OWN_NEIGHBOURS} of them, and node ` +
        `${degrees.indexOf(most)} has ${most}; use "public-coin" or a graph of lower degree`,
    ]
  }
  const largest = Math.min(largestSum(ringOf(privacy, most)), MAX_DEGREE)
  if (most > largest) {
    return [
      `privacy.ringBits: the ring holds sums of up to ${largest} nodes and node ${degrees.indexOf(most)} ` +
        `has ${most} neighbours; use fewer fractionBits, a smaller clip or a graph of lower degree`,
    ]
  }
  const { coalition, checked } = auditIsolation(graph, weights, minMaskers)
  if (coalition === undefined) {
    if (checked === minMaskers) return []
    return [
      `topology: whether ${minMaskers} nodes together could tell one neighbour's model is more than can be found out for ` +
        `this graph; use a sparser one, or minMaskers = ${checked}, up to which none can`,
    ]
  }
  return [
    `topology: in this graph the nodes ${coalition.join(', ')} together could tell one neighbour's model from ` +
      'their sums; use another seed, a higher degree or another kind',
  ]
}
