/** Private sharing: neighbours' coefficients as sums that show nobody's own. */
import type { ShareOptions } from '../index.ts'
import type { SharingStrategy } from '../interface.ts'
import type { PrivatePorts } from './interface.ts'
import { maskedSharing } from './masked-sharing.ts'
import { type PrivacyOptions, ringOf } from './options.ts'
import { ownChoice } from './own-choice.ts'
import { ownSharing } from './own-sharing.ts'
import { sparsityOf } from './sparsity.ts'
import { unmaskedSharing } from './unmasked-sharing.ts'

export type { PrivatePorts, Roll, SlotJournal } from './interface.ts'
export { MAX_DEGREE } from './letter.ts'
export {
  type PrivacyOptions,
  privacySchema,
  ringOf,
  SLOW_MOMENTUM_OF_SUMS,
} from './options.ts'

/** Whether a method's messages can be made private. */
export function canBePrivate(share: ShareOptions): boolean {
  return sparsityOf(share) !== undefined
}

export interface PrivateSharingOptions {
  readonly share: ShareOptions
  readonly privacy: PrivacyOptions
  /** The run's seed. */
  readonly seed: number
}

/**
 * The strategy of one node in one process. It keeps secrets that must not outlive the process: none is in its state.
 * @throws {RangeError} for a method that cannot be private, which a job with one is refused for
 */
export function createPrivateStrategy(
  { share, privacy, seed }: PrivateSharingOptions,
  ports: PrivatePorts,
): SharingStrategy {
  const sparsity = sparsityOf(share)
  if (sparsity === undefined) throw new RangeError(`"${share.method}" cannot be private`)
  const ring = ringOf(privacy, ports.roll.mostSenders())
  const init = { name: share.method, sparsity, privacy, ring, seed }
  if (privacy.secureAggregation !== 'cesar') return unmaskedSharing(init, ports)
  if (privacy.indices !== 'own') return maskedSharing(init, ports)
  return ownSharing(init, ownChoice(share, sparsity, seed), ports) as SharingStrategy
}
