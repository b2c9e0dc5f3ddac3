import { z } from 'zod'
import { checkConnectedDegree, connectedRegularGraph } from '../connected-regular.ts'
import { staticTopology } from '../kind.ts'

/** A random connected graph in which every node has `degree` neighbours, kept for the whole run. */
export const regular = staticTopology(
  z
    .strictObject({
      kind: z.literal('regular'),
      degree: z.number().int().min(1).describe('Neighbours of each node.'),
    })
    .describe('A random connected graph, each node with the same number of neighbours.'),
  ({ degree }, { nodes, seed }) => {
    checkConnectedDegree('regular', nodes, degree)
    return connectedRegularGraph('regular', nodes, degree, seed, 0)
  },
)
