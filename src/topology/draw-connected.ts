import { ImpossibleTopologyError } from './errors.ts'
import { isConnected } from './graph.ts'
import type { Graph } from './interface.ts'

const ATTEMPTS = 100

/**
 * Draws until the graph is connected, which is the distribution of `draw` given connectedness.
 * @throws {ImpossibleTopologyError} with `advice` after 100 attempts
 */
export function drawConnected(
  topology: string,
  nodes: number,
  advice: string,
  draw: (attempt: number) => Graph,
): Graph {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const graph = draw(attempt)
    if (isConnected(graph)) return graph
  }
  throw new ImpossibleTopologyError(topology, nodes, advice)
}
