import { z } from 'zod'
import { ImpossibleTopologyError } from '../errors.ts'
import { firstUnreached, undirectedGraph } from '../graph.ts'
import { staticTopology } from '../kind.ts'

const rank = z.number().int().min(0)

/** A graph written out by the user. A `file` is read by the program that reads the job file, see `parseEdges`. */
export const edges = staticTopology(
  z
    .strictObject({
      kind: z.literal('edges'),
      edges: z
        .array(z.tuple([rank, rank]))
        .optional()
        .describe('Pairs of ranks, counted from 0.'),
      file: z.string().min(1).optional().describe('A file with one edge "a b" per line.'),
    })
    .refine((options) => (options.edges === undefined) !== (options.file === undefined), {
      message: 'give either "edges" or "file"',
    })
    .describe('A graph written out edge by edge.'),
  (options, { nodes }) => {
    const fail = (problem: string) => new ImpossibleTopologyError('edges', nodes, problem)
    if (options.edges === undefined) {
      throw fail(
        `the file ${options.file} has not been read; a job that travels holds its edges inline, so replace "file" by the file's edges`,
      )
    }
    for (const [a, b] of options.edges) {
      if (a === b) throw fail(`edge ${a} ${b} joins a node to itself; remove it`)
      if (Math.max(a, b) >= nodes) {
        throw fail(
          `edge ${a} ${b} names a rank above ${nodes - 1}; set nodes to ${Math.max(a, b) + 1} or more`,
        )
      }
    }
    const graph = undirectedGraph(nodes, options.edges)
    const unreached = firstUnreached(graph)
    if (unreached !== undefined) {
      throw fail(`node ${unreached} is not connected with node 0; add edges that join the parts`)
    }
    return graph
  },
)
