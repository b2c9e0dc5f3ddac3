/**
 * Mixing weights: row i of the matrix W says how node i averages, x_i ← w_ii x_i + Σ_j w_ij x_j.
 *
 * Metropolis–Hastings: L. Xiao, S. Boyd, S. Lall, "Distributed average consensus with time-varying Metropolis weights"
 * (2006), w_ij = 1 / (1 + max(d_i, d_j)). W is symmetric and doubly stochastic on every undirected graph: mixing
 * keeps the mean over all nodes.
 *
 * Uniform: w_ij = 1 / (1 + d_i), d_i the number of nodes that i hears. Rows always sum to 1; columns only where all
 * degrees are equal. On an irregular undirected graph mixing converges to the mean weighted by d_i + 1; on a directed
 * one the mean is kept in expectation only.
 *
 * On a directed graph (EL-Local) no node knows its sources' degrees in a way that would make W symmetric: there
 * both kinds mean the uniform average over what is received, as in Epidemic Learning.
 */
import { isUndirected } from './graph.ts'
import type { Graph } from './interface.ts'

export type MixingKind = 'metropolis-hastings' | 'uniform'

/** Row `rank` of W without its diagonal: weight by source, ascending. The rest, 1 − Σ, is the node's own. */
export function weightsFor(graph: Graph, rank: number, kind: MixingKind): Map<number, number> {
  const sources = graph.sources[rank]!
  const metropolis = kind === 'metropolis-hastings' && isUndirected(graph)
  return new Map(
    sources.map((source) => {
      const degree = metropolis
        ? Math.max(sources.length, graph.sources[source]!.length)
        : sources.length
      return [source, 1 / (1 + degree)]
    }),
  )
}

/** All rows of W: `weights[i].get(j)` is w_ij for i ≠ j. */
export function mixingWeights(graph: Graph, kind: MixingKind): Map<number, number>[] {
  return Array.from({ length: graph.nodes }, (_, rank) => weightsFor(graph, rank, kind))
}

/** Whether no weight is negative and all rows and columns of W, diagonal included, sum to 1 within `tolerance`. */
export function isDoublyStochastic(
  weights: readonly ReadonlyMap<number, number>[],
  tolerance = 1e-12,
): boolean {
  const columns = new Float64Array(weights.length)
  for (const [i, row] of weights.entries()) {
    let own = 1
    for (const [j, weight] of row) {
      if (weight < 0) return false
      own -= weight
      columns[j]! += weight
    }
    if (own < -tolerance) return false
    columns[i]! += own
  }
  return columns.every((sum) => Math.abs(sum - 1) <= tolerance)
}
