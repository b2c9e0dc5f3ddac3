/** What private sharing needs from the node it runs on. */
import type { ByRank, CipherSuite, Identity } from '../../../crypto/index.ts'

/** The run's signed documents, as far as sums depend on them. */
export interface Roll {
  /** 32 bytes that name the run. */
  readonly runId: Uint8Array
  /** Ed25519 key of the member with this rank, 32 bytes. Undefined where there is none. */
  keyOf(rank: number): Uint8Array | undefined
  /** Who sends to `receiver`, ascending. */
  sendersTo(receiver: number, round: number): readonly number[]
  /** How many they are where they are most, which does not change. */
  mostSenders(): number
  /** Mixing weight that `receiver` gives to `sender`. */
  weight(receiver: number, sender: number, round: number): number
  /** How many of a receiver's senders must be in its sum (crypto/cesar/quorum.ts). */
  quorum(receiver: number, round: number): number
  /**
   * Those of the receivers in `lists` that must not get their sum, because up to `minMaskers` receivers could tell one node's
   * vector from sums over these senders.
   * @param lists by receiver, whom it sums; receivers that are not named sum all their senders
   */
  exposing(lists: ByRank<readonly number[]>, round: number): readonly number[]
}

/**
 * Remembers which vectors were sent, also when the process ends suddenly: a second one for the same round and
 * receiver would show the difference.
 */
export interface SlotJournal {
  /** The newest round of which something was claimed; −1 before the first. */
  readonly lastRound: number
  /**
   * Notes, before it returns and for good, that this node's one vector of this round is about to go to each of these
   * receivers. Throws where it cannot.
   */
  claim(round: number, receivers: readonly number[]): void
}

export interface PrivatePorts {
  readonly suite: CipherSuite
  readonly identity: Identity
  readonly roll: Roll
  readonly journal: SlotJournal
  /** So many bytes that nobody can guess. */
  secret(length: number): Uint8Array
  /**
   * The key, 32 bytes, that decides how the values for a receiver are rounded in a short ring. Nobody can guess it; an
   * emulation has the same with masks and without.
   */
  rounding(round: number, receiver: number): Uint8Array
}
