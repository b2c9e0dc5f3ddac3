/**
 * A graph for each fragment of the model, as in DivShare (WWW 2025, arXiv 2410.12918) and Mosaic Learning (arXiv
 * 2602.04352). With K fragments of equal size, each with neighbours of its own, a node sends as much as before to up
 * to K times as many others.
 *
 * Deviation: every fragment's graph follows from the run's seed, so that receivers know whom to expect.
 */
import { randomStream } from '../numeric/random.ts'
import { directedGraph, undirectedGraph } from './graph.ts'
import type { Graph, Topology } from './interface.ts'
import { remembered, type TopologyInit } from './kind.ts'

/**
 * The union of `count` topologies that `create` makes from as many seeds, the first from the run's own. Its graphs
 * name them in `fragments`.
 */
export function fragmentedTopology(
  create: (init: TopologyInit) => Topology,
  { nodes, seed }: TopologyInit,
  count: number,
): Topology {
  const parts = Array.from({ length: count }, (_, fragment) =>
    create({
      nodes,
      seed: fragment === 0 ? seed : randomStream(seed, 'fragment', fragment).uint32(),
    }),
  )
  const { name, dynamic, undirected } = parts[0]!
  const graph = remembered((round) => {
    const fragments = parts.map((part) => part.graph(round))
    return { ...union(fragments, undirected), fragments }
  })
  return { name, dynamic, undirected, graph }
}

function union(graphs: readonly Graph[], undirected: boolean): Graph {
  const { nodes } = graphs[0]!
  const targets = Array.from({ length: nodes }, (_, self) => [
    ...new Set(graphs.flatMap((graph) => graph.targets[self]!)),
  ])
  if (!undirected) return directedGraph(targets)
  return undirectedGraph(
    nodes,
    targets.flatMap((list, self) => list.map((target) => [self, target] as const)),
  )
}
