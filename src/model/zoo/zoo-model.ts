import type { z } from 'zod'
import type { ModelSpec } from '../spec.ts'
import type { DataShape } from './data-shape.ts'

/** A model of the zoo: how its table in the job file looks, and how it adapts to a data set. */
export interface ZooModel<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema
  /** @throws {UnsuitableDataError} when the model cannot take the data. */
  create(options: z.output<Schema>, data: DataShape): ModelSpec
}
