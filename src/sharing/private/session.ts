/**
 * What a process knows of its private run: keys of the epoch, and who may be summed where. All of it ends with the
 * process and none of it is ever in a checkpoint. A process that starts in the middle of an epoch has no keys until the next
 * one begins, and neither has one that sent anything in that epoch before. As it has forgotten whom it was summed with, it
 * cools down as after a change, from the newest round in its journal on.
 */
import {
  BOOT_NONCE_LENGTH,
  EpochKeys,
  Membership,
  type Party,
  SEED_BYTES,
} from '../../../crypto/index.ts'
import type { PrivatePorts } from './interface.ts'
import type { SharedSums } from './selection.ts'

/** This node's place in an epoch of which it has been part from the first round on. */
export interface Standing {
  readonly keys: EpochKeys
  readonly epoch: number
  /** This round's vectors are the epoch's first: keys are exchanged. */
  readonly isOpening: boolean
  /** Signed mask keys of the neighbours, by rank. */
  readonly announcements: Map<number, Uint8Array>
  /** Neighbours that have been heard in every round of the epoch and may be in this node's sum, ascending. */
  senders: readonly number[]
}

export class Session {
  readonly #agreed: SharedSums
  readonly #ports: PrivatePorts
  readonly #bootNonce: Uint8Array
  /** Newest round that an earlier process of this node has sent anything in. */
  readonly #lastRound: number
  readonly #memberships = new Map<number, Membership>()
  #standing: Standing | null = null

  constructor(agreed: SharedSums, ports: PrivatePorts) {
    this.#agreed = agreed
    this.#ports = ports
    this.#bootNonce = ports.secret(BOOT_NONCE_LENGTH)
    this.#lastRound = ports.journal.lastRound
  }

  /** Where this node stands in a round; null while it waits for the next epoch. */
  enter(round: number): Standing | null {
    const { epochRounds } = this.#agreed.privacy
    const epoch = Math.floor(round / epochRounds)
    const isOpening = round % epochRounds === 0
    if (this.#standing !== null && this.#standing.epoch !== epoch) {
      this.#standing.keys.close()
      this.#standing = null
    }
    // No round is made twice: what was sent in it may be known to others.
    if (round <= this.#ports.journal.lastRound) return null
    if (isOpening) this.#standing = this.#open(epoch, round)
    else if (this.#standing !== null) this.#standing = { ...this.#standing, isOpening: false }
    return this.#standing
  }

  /** When a round is over, or broken off: its keys are moved on, so that nothing of it can be opened any more. */
  leave(round: number): void {
    this.#standing?.keys.seal()
    this.#standing?.keys.moveOn(round + 1)
  }

  /** The record of who is summed for a receiver, this node itself included. */
  membershipOf(receiver: number): Membership {
    const known = this.#memberships.get(receiver)
    if (known !== undefined) return known
    const { cooldown } = this.#agreed.privacy
    const membership = new Membership({ cooldown, lastRound: this.#lastRound })
    this.#memberships.set(receiver, membership)
    return membership
  }

  /** Undefined for a rank that nobody holds. */
  party(rank: number): Party | undefined {
    const id = this.#ports.roll.keyOf(rank)
    return id && { rank, id }
  }

  #open(epoch: number, firstRound: number): Standing {
    const { suite, identity, roll, secret } = this.#ports
    const { privacy, ring } = this.#agreed
    const keys = new EpochKeys({
      suite,
      identity,
      parameters: { ring, minMaskers: privacy.minMaskers },
      runId: roll.runId,
      epoch,
      firstRound,
      secret: secret(SEED_BYTES),
      bootNonce: this.#bootNonce,
    })
    return { keys, epoch, isOpening: true, announcements: new Map(), senders: [] }
  }
}
