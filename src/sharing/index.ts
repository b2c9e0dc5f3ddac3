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
import { type PrivacyOptions, SLOW_MOMENTUM_OF_SUMS } from './private/index.ts'
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
  releasePayload,
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

const byMethod = z.discriminatedUnion('method', [
  full.schema.meta({ required: [] }),
  none.schema,
  randomSubsampling.schema,
  topKSharing.schema,
  choco.schema,
  jwins.schema,
  murmur.schema.meta({
    required: [],
    anyOf: [{ required: ['method'] }, { required: ['budget'] }],
  }),
])

/** As it is written: the method may be missing. */
type ShareTable = z.input<typeof byMethod> | { readonly method?: never; readonly budget?: number }

/** The `[share]` table of a job file. Without a method: murmur where there is a budget, else full. */
export const shareSchema = z.preprocess(withMethod, byMethod)

function withMethod(table: ShareTable) {
  if (typeof table !== 'object' || table === null || 'method' in table) return table
  return { method: 'budget' in table ? 'murmur' : 'full', ...table }
}

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

/** What `train.slowMomentum` is where a job does not say. */
export function usualSlowMomentum({ method }: ShareOptions, privacy: PrivacyOptions): number {
  if (privacy.secureAggregation !== 'off') return SLOW_MOMENTUM_OF_SUMS
  const kind: StrategyKind = strategies[method]
  return kind.slowMomentum ?? 0
}
