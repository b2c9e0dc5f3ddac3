import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { drawConnected } from '../draw-connected.ts'
import { type Edge, undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

/** G(n, p): each pair of nodes is joined with probability p, given that the graph is connected. */
export const erdosRenyi = staticTopology(
  z
    .strictObject({
      kind: z.literal('erdos-renyi'),
      p: z.number().gt(0).max(1).describe('Chance of an edge between two nodes.'),
    })
    .describe('Each pair of nodes is joined with probability p (Erdős–Rényi).'),
  ({ p }, { nodes, seed }) => {
    const needed = ((1.5 * Math.log(nodes)) / nodes).toPrecision(2)
    const advice = `no connected graph found for p ${p}; take p of at least about ${needed} (1.5 ln n / n)`
    return drawConnected('erdos-renyi', nodes, advice, (attempt) => {
      const random = randomStream(seed, 'erdos-renyi', attempt)
      const edges: Edge[] = []
      // Batagelj and Brandes (2005): jump from edge to edge over the pairs (a, b), b < a, in O(n + edges).
      let a = 1
      let b = -1
      while (a < nodes) {
        b += p === 1 ? 1 : 1 + Math.floor(Math.log(1 - random.uniform()) / Math.log1p(-p))
        while (b >= a && a < nodes) b -= a++
        if (a < nodes) edges.push([a, b])
      }
      return undirectedGraph(nodes, edges)
    })
  },
)
