/**
 * CESAR: sums of neighbours' vectors that show nobody's own. README.md describes roles, phases and rules; the letters
 * that carry the phases are `src/sharing/private/letter.proto`.
 */
export { type Class, type Classes, classesOf, MOST_CHOOSERS } from './classes.ts'
export { type EpochInit, EpochKeys } from './epoch-keys.ts'
export { SpentPhaseError, SumRefusedError } from './errors.ts'
export { PAIR_BYTES, SEED_BYTES } from './mask-keys.ts'
export { Membership, type MembershipRules } from './membership.ts'
export { quorum } from './quorum.ts'
export { classSum, crossed, summedScores, unmaskedSum } from './receiver.ts'
export {
  type ClassWords,
  type Confirmed,
  type Joined,
  join,
  type SenderInit,
  type Sent,
  survivorsAmong,
  type Voted,
} from './sender.ts'
export type { ByRank, MaskedVector, Party, Reveal, Sum } from './terms.ts'
