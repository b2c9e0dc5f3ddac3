/** What the keys of one sum are bound to. */
import { concat } from '../bytes.ts'
import type { CipherSuite } from '../cipher-suite.ts'
import { sha256 } from '../hash.ts'
import { confirmationTag, type MaskContext, participantsHash } from '../key-schedule.ts'
import type { RingWidth } from '../ring.ts'
import type { Party, Sum } from './terms.ts'

const NO_CLASS = new Uint8Array(0)
/** Of the block scores that are summed before the coefficients, where these are chosen by them. */
export const SCORES = new TextEncoder().encode('scores')
const SURVIVORS = new TextEncoder().encode('survivors')
const CHECKSUM = new TextEncoder().encode('starling/masks/checksum/1')

/** A node makes one attempt at a sum: what failed is not tried again in its round. */
const ATTEMPT = 0

/** Of the masks, and of the tags that confirm them. */
export function maskContext(
  { round, receiver, participants, indices }: Sum,
  pair: readonly [Party, Party],
  width: RingWidth,
  classTag: Uint8Array = NO_CLASS,
): MaskContext {
  return {
    round,
    receiver: receiver.id,
    pair: [pair[0].id, pair[1].id],
    participants: participantsHash(participants.map(({ id }) => id)),
    classTag,
    indices,
    width,
    attempt: ATTEMPT,
  }
}

/**
 * The vote of `voter` that the survivors of this sum are these, for its partner's eyes. It binds the participants too:
 * a vote is good for one sum only.
 */
export function voteTag(
  suite: CipherSuite,
  chainKey: Uint8Array,
  sum: Sum,
  pair: readonly [Party, Party],
  survivors: readonly Party[],
  voter: Party,
): Uint8Array {
  // Votes say the same in rings of every width.
  const context = maskContext(sum, pair, 32, SURVIVORS)
  const bound = {
    ...context,
    participants: participantsHash(survivors.map(({ id }) => id)),
    indices: sha256(concat(context.participants, sum.indices)),
  }
  return confirmationTag(suite, chainKey, bound, voter.id)
}

/** The public seed of the checksum's factors. */
export function checksumSeed(
  { runId, round, receiver, participants, indices }: Sum,
  classTag: Uint8Array = NO_CLASS,
): Uint8Array {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setBigUint64(0, BigInt(round), true)
  const everyone = participantsHash(participants.map(({ id }) => id))
  return sha256(concat(CHECKSUM, runId, number, receiver.id, everyone, indices, classTag))
}
