import { z } from 'zod'
import { checkConnectedDegree, connectedRegularGraph } from '../connected-regular.ts'
import { dynamicTopology } from '../kind.ts'

/** A random connected graph in which every node has `degree` neighbours, drawn anew each round. */
export const randomRegular = dynamicTopology(
  z
    .strictObject({
      kind: z.literal('random-regular'),
      degree: z.number().int().min(1).describe('Neighbours of each node.'),
    })
    .describe('A new random connected regular graph each round.'),
  { undirected: true },
  ({ degree }, { nodes, seed }) => {
    checkConnectedDegree('random-regular', nodes, degree)
    return (round) => connectedRegularGraph('random-regular', nodes, degree, seed, round)
  },
)
