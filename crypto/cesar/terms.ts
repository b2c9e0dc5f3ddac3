/** The words of the protocol; README.md explains them. */
import type { Words } from '../ring.ts'

/** A node of the run's signed roster. */
export interface Party {
  /** Its number in the roster. */
  readonly rank: number
  /** Its identity's Ed25519 key, 32 bytes. */
  readonly id: Uint8Array
}

/** One thing for, or from, each of some nodes. */
export type ByRank<T> = ReadonlyMap<number, T>

/** One sum: what the participants contribute to one receiver in one round. */
export interface Sum {
  /** 32 bytes that name the run. */
  readonly runId: Uint8Array
  readonly round: number
  readonly receiver: Party
  /** P: those whose vectors are to be added, ascending in rank. */
  readonly participants: readonly Party[]
  /** 32 bytes: the hash of what all of them send, so that who was told otherwise has other keys. */
  readonly indices: Uint8Array
  /** s: least number of others that must mask each contribution. */
  readonly minMaskers: number
}

/** A masked vector and its masked checksum. */
export interface MaskedVector {
  readonly words: Words
  /** Two words of 32 bits. */
  readonly sums: Int32Array<ArrayBuffer>
}

/** What lifts a survivor's masks that have nothing to cancel them. */
export interface Reveal {
  /** b_i, 32 bytes: the seed of its self mask. */
  readonly seed: Uint8Array
  /** By participant that is no survivor: the keys, 88 bytes, of the masks shared with it in this sum. */
  readonly pairs: ByRank<Uint8Array>
}
