import { type RoundReport, sketchedDistance } from '../../src/learning/index.ts'

/** Round reports by rank and round. */
type Reports = ReadonlyMap<number, ReadonlyMap<number, RoundReport>>

/**
 * Consensus distance by round, estimated from the sketches in the nodes' reports: of the rounds before `end` that at
 * least two nodes have reported, or the only one, and all with a sketch.
 *
 * @param end the first round of which more reports may come
 */
export function consensusEstimates(
  reports: Reports,
  { nodes, end }: { readonly nodes: number; readonly end: number },
): Map<number, number> {
  const estimates = new Map<number, number>()
  const sketched = new Set(
    [...reports.values()].flatMap((rounds) =>
      [...rounds.values()].flatMap(({ round, sketch }) => (sketch === undefined ? [] : round)),
    ),
  )
  for (const round of sketched) {
    if (round >= end) continue
    const present = [...reports.values()].flatMap((rounds) => rounds.get(round) ?? [])
    const sketches = present.flatMap(({ sketch }) => sketch ?? [])
    if (sketches.length < present.length || sketches.length < Math.min(nodes, 2)) continue
    estimates.set(round, sketchedDistance(sketches))
  }
  return estimates
}
