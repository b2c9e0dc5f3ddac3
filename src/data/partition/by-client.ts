/**
 * Natural skew: all examples of one client (a writer, a speaking role, a user) go to the same node. Clients are
 * shuffled by the seed and dealt out in consecutive groups whose sizes differ by at most one.
 */
import { z } from 'zod'
import { PartitionError } from '../errors.ts'
import { evenCuts } from './even-cuts.ts'
import { definePartition } from './interface.ts'

export const byClient = definePartition({
  schema: z.strictObject({
    kind: z.literal('by-client').describe('Whole clients: writers, speaking roles, users.'),
  }),
  cut(_options, { examples, nodes, random }) {
    const { clients } = examples
    if (clients === undefined) {
      throw new PartitionError(
        'by-client',
        'these data do not say who produced each example. Use "iid", "shards" or "dirichlet".',
      )
    }
    const names = Int32Array.from(new Set(clients)).sort()
    if (names.length < nodes) {
      throw new PartitionError(
        'by-client',
        `there are ${names.length} clients for ${nodes} nodes. Use at most ${names.length} nodes.`,
      )
    }
    const nodeOf = new Map<number, number>()
    evenCuts(random.shuffle(names), nodes).forEach((group, node) => {
      for (const client of group) nodeOf.set(client, node)
    })
    const parts = Array.from({ length: nodes }, () => [] as number[])
    clients.forEach((client, index) => {
      parts[nodeOf.get(client)!]!.push(index)
    })
    return parts.map((part) => Int32Array.from(part))
  },
})
