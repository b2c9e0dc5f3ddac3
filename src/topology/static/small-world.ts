/**
 * D. J. Watts and S. H. Strogatz, "Collective dynamics of 'small-world' networks", Nature 393 (1998).
 *
 * Deviations: a draw that is not connected is drawn again.
 */
import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { drawConnected } from '../draw-connected.ts'
import { ImpossibleTopologyError } from '../errors.ts'
import { undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

/** A ring in which every node knows its k nearest, and each edge is led elsewhere with probability β. */
export const smallWorld = staticTopology(
  z
    .strictObject({
      kind: z.literal('small-world'),
      k: z.number().int().min(2).multipleOf(2).describe('Nearest nodes on the ring, even.'),
      beta: z.number().min(0).max(1).describe('Chance that an edge is led to a random node.'),
    })
    .describe('A ring with shortcuts (Watts–Strogatz).'),
  ({ k, beta }, { nodes, seed }) => {
    if (k >= nodes) {
      throw new ImpossibleTopologyError('small-world', nodes, `k is ${k}; take k below ${nodes}`)
    }
    const advice = `no connected graph found for k ${k}, beta ${beta}; raise k or lower beta`
    return drawConnected('small-world', nodes, advice, (attempt) => {
      const random = randomStream(seed, 'small-world', attempt)
      const neighbours = Array.from({ length: nodes }, () => new Set<number>())
      const join = (a: number, b: number) => {
        neighbours[a]!.add(b)
        neighbours[b]!.add(a)
      }
      for (let step = 1; step <= k / 2; step++) {
        for (let node = 0; node < nodes; node++) join(node, (node + step) % nodes)
      }
      // Lap by lap, as the paper does: first the edges to the nearest, then to the next but one …
      for (let step = 1; step <= k / 2; step++) {
        for (let node = 0; node < nodes; node++) {
          const old = (node + step) % nodes
          if (random.uniform() >= beta || neighbours[node]!.size >= nodes - 1) continue
          let other = random.integer(nodes)
          while (other === node || neighbours[node]!.has(other)) other = random.integer(nodes)
          neighbours[node]!.delete(old)
          neighbours[old]!.delete(node)
          join(node, other)
        }
      }
      return undirectedGraph(
        nodes,
        neighbours.flatMap((set, node) => [...set].map((other) => [node, other] as const)),
      )
    })
  },
)
