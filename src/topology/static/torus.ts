import { z } from 'zod'
import { ImpossibleTopologyError } from '../errors.ts'
import { type Edge, undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

/**
 * A grid whose borders are joined: node r × columns + c talks to the four around it. Degree 4; less along a side of
 * length 2, where both ways round lead to the same node.
 */
export const torus = staticTopology(
  z
    .strictObject({
      kind: z.literal('torus'),
      rows: z
        .number()
        .int()
        .min(2)
        .optional()
        .describe('Rows of the grid. Default: the most square grid.'),
    })
    .describe('A grid with joined borders; each node talks to the four around it.'),
  (options, { nodes }) => {
    const rows = options.rows ?? mostSquare(nodes)
    const columns = nodes / rows
    if (!Number.isInteger(columns) || rows < 2 || columns < 2) {
      throw new ImpossibleTopologyError(
        'torus',
        nodes,
        options.rows === undefined
          ? `${nodes} is no product of two sides of at least 2; take another number of nodes, such as ${Math.max(4, nodes + 1)}`
          : `${nodes} nodes do not fill ${rows} rows of at least 2; leave "rows" out or take a divisor of ${nodes}`,
      )
    }
    const edges: Edge[] = []
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const here = row * columns + column
        edges.push([here, row * columns + ((column + 1) % columns)])
        edges.push([here, ((row + 1) % rows) * columns + column])
      }
    }
    return undirectedGraph(nodes, edges)
  },
)

/** The largest divisor up to √n; 1 when n is prime. */
function mostSquare(nodes: number): number {
  for (let rows = Math.floor(Math.sqrt(nodes)); rows > 1; rows--) {
    if (nodes % rows === 0) return rows
  }
  return 1
}
