import type { z } from 'zod'
import type { SharingStrategy } from './interface.ts'

/** One entry of the registry: the options as the job file writes them, and how to make the strategy. */
export interface StrategyKind<S extends z.ZodType = z.ZodType> {
  readonly schema: S
  /** Its state is wrong for good once a message is lost or a neighbour changes. @default false */
  readonly needsEveryMessage?: boolean
  /** What `train.slowMomentum` is with it where the job does not say. @default 0 */
  readonly slowMomentum?: number
  create(options: z.output<S>): SharingStrategy
}
