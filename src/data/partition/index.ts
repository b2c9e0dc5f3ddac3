/** Partitions: who holds which training examples. A pure function of options, examples, nodes and seed. */
import { z } from 'zod'
import { randomStream } from '../../numeric/random.ts'
import { EmptyPartError, PartitionError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { byClient } from './by-client.ts'
import { dirichlet } from './dirichlet.ts'
import { iid } from './iid.ts'
import type { PartitionDefinition } from './interface.ts'
import { shards } from './shards.ts'

/** Every partition by the name a job file gives it. A new one is one file and one line here and in the schema. */
export const partitions = {
  iid,
  shards,
  dirichlet,
  'by-client': byClient,
} satisfies Record<string, unknown>

export const partitionSchema = z
  .discriminatedUnion('kind', [iid.schema, shards.schema, dirichlet.schema, byClient.schema])
  .describe('How the training examples are dealt out to the nodes.')

export type PartitionOptions = z.output<typeof partitionSchema>

/**
 * Deals the examples out: one list of indices a node, by rank; every example is used at most once.
 *
 * @throws {PartitionError} when the examples do not allow it.
 * @throws {EmptyPartError} when a node would get none.
 */
export function createPartition(
  options: PartitionOptions,
  input: { readonly examples: Examples; readonly nodes: number; readonly seed: number | string },
): Int32Array[] {
  const { examples, nodes, seed } = input
  if (!Number.isInteger(nodes) || nodes < 1) {
    throw new PartitionError(options.kind, `${nodes} is no number of nodes. Use 1 or more.`)
  }
  const definition = partitions[options.kind] as PartitionDefinition
  const random = randomStream(seed, 'partition', options.kind)
  const parts = definition.cut(options, { examples, nodes, random })
  const empty = [...parts.keys()].filter((rank) => parts[rank]!.length === 0)
  if (empty.length > 0) throw new EmptyPartError(options.kind, empty)
  return parts
}
