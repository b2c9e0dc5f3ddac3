/**
 * Sharing strategies: what nodes send each other and how they mix what they receive, and the frames that carry it. A
 * new strategy is one file and one line in `strategies`.
 */
import { z } from 'zod'
import { choco } from './choco.ts'
import { inFragments } from './fragments.ts'
import { full } from './full.ts'
import type { SharingStrategy, Space } from './interface.ts'
import { jwins } from './jwins.ts'
import type { StrategyKind } from './kind.ts'
import { murmur } from './murmur.ts'
import { none } from './none.ts'
import { randomSubsampling } from './random-subsampling.ts'
import { topKSharing } from './top-k.ts'

export * from './errors.ts'
export {
  type DecodedFrame,
  decodeFrame,
  type EncodedFrame,
  encodeFrame,
  type FrameParts,
  maxPayloadBytes,
  RUN_ID_BYTES,
} from './frame.ts'
export { presetCost } from './jwins.ts'
export {
  canBePrivate,
  createPrivateStrategy,
  MAX_DEGREE,
  type PrivacyOptions,
  type PrivatePorts,
  privacySchema,
  type Roll,
  ringOf,
  type SlotJournal,
} from './private/index.ts'
export { isExact } from './values/index.ts'

/** The `[share]` table of a job file. */
export const shareSchema = z.discriminatedUnion('method', [
  full.schema,
  none.schema,
  randomSubsampling.schema,
  topKSharing.schema,
  choco.schema,
  jwins.schema,
  murmur.schema,
])

export type ShareOptions = z.output<typeof shareSchema>

export const strategies = {
  full,
  none,
  'random-subsampling': randomSubsampling,
  'top-k': topKSharing,
  choco,
  jwins,
  murmur,
} satisfies Record<ShareOptions['method'], StrategyKind>

/** The strategy that `options` describe; it follows the graph's fragments where there are any. */
export function createStrategy(options: ShareOptions): SharingStrategy {
  const kind: StrategyKind = strategies[options.method]
  return inFragments(kind.create(options))
}

/** Of what the strategy's messages are, for a model of `size` parameters. */
export function spaceOf(strategy: SharingStrategy, size: number): Space {
  return strategy.space?.(size) ?? { domain: 'parameters', size }
}

/** Whether these options describe a strategy that a lost message or a changed neighbour spoils for good. */
export function needsEveryMessage({ method }: ShareOptions): boolean {
  const kind: StrategyKind = strategies[method]
  return kind.needsEveryMessage === true
}
