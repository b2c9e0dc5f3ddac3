import { randomStream } from '../numeric/random.ts'
import { drawConnected } from './draw-connected.ts'
import { ImpossibleTopologyError } from './errors.ts'
import type { Graph } from './interface.ts'
import { checkDegree, randomCycle, randomRegularGraph } from './random-regular-graph.ts'

/**
 * Refuses degrees with which no connected graph exists.
 * @throws {ImpossibleTopologyError}
 */
export function checkConnectedDegree(topology: string, nodes: number, degree: number): void {
  checkDegree(topology, nodes, degree)
  if (degree === 1 && nodes > 2) {
    throw new ImpossibleTopologyError(
      topology,
      nodes,
      'with degree 1 the nodes fall into pairs; set degree to 2 or more',
    )
  }
}

/**
 * A random connected d-regular graph, the same for every node of the run. From degree 3 on nearly every random
 * regular graph is connected and the others are drawn again; degree 2 is a random cycle through all nodes.
 */
export function connectedRegularGraph(
  topology: string,
  nodes: number,
  degree: number,
  seed: number,
  round: number,
): Graph {
  const stream = (attempt: number) => randomStream(seed, topology, round, attempt)
  if (degree === 2) return randomCycle(nodes, stream(0))
  return drawConnected(topology, nodes, 'no connected graph found; raise degree', (attempt) =>
    randomRegularGraph(nodes, degree, stream(attempt)),
  )
}
