import { z } from 'zod'
import { type Edge, undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

/** Node i talks to i − 1 and i + 1. Degree 2; two nodes share one edge. */
export const ring = staticTopology(
  z
    .strictObject({ kind: z.literal('ring') })
    .describe('Each node talks to the one before and the one after it.'),
  (_options, { nodes }) =>
    undirectedGraph(
      nodes,
      Array.from({ length: nodes }, (_, i): Edge => [i, (i + 1) % nodes]),
    ),
)
