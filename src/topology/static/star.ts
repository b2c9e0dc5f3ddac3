import { z } from 'zod'
import { type Edge, undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

/** Node 0 talks to all others, which talk to nobody else: the shape of a server, for comparison. */
export const star = staticTopology(
  z.strictObject({ kind: z.literal('star') }).describe('Node 0 talks to all others.'),
  (_options, { nodes }) =>
    undirectedGraph(
      nodes,
      Array.from({ length: nodes - 1 }, (_, i): Edge => [0, i + 1]),
    ),
)
