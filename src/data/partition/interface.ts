import type { z } from 'zod'
import type { RandomStream } from '../../numeric/random.ts'
import type { Examples } from '../interface.ts'

export interface PartitionInput {
  readonly examples: Examples
  readonly nodes: number
  readonly random: RandomStream
}

/** One way to deal examples out to nodes. */
export interface PartitionDefinition<S extends z.ZodType = z.ZodType> {
  readonly schema: S
  /** One list of example indices a node; no example twice. Lists may be empty: the caller refuses them. */
  cut(options: z.output<S>, input: PartitionInput): Int32Array[]
}

export function definePartition<S extends z.ZodType>(
  definition: PartitionDefinition<S>,
): PartitionDefinition<S> {
  return definition
}
