/**
 * Sharing strategies: what nodes send each other and how they mix what they receive, and the frames that carry it. A
 * new strategy is one file and one line in `strategies`.
 */
import { z } from 'zod'
import { full } from './full.ts'
import type { SharingStrategy } from './interface.ts'
import type { StrategyKind } from './kind.ts'
import { none } from './none.ts'

export * from './errors.ts'
export {
  decodeFrame,
  type EncodedFrame,
  encodeFrame,
  type Frame,
  RUN_ID_BYTES,
} from './frame.ts'

/** The `[share]` table of a job file. */
export const shareSchema = z.discriminatedUnion('method', [full.schema, none.schema])

export type ShareOptions = z.output<typeof shareSchema>

export const strategies = { full, none } satisfies Record<ShareOptions['method'], StrategyKind>

/** The strategy that `options` describe. */
export function createStrategy(options: ShareOptions): SharingStrategy {
  const kind: StrategyKind = strategies[options.method]
  return kind.create(options)
}
