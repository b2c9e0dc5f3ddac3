/**
 * From a pair's shared secret to the key of each single mask (HKDF, RFC 5869):
 *
 *   PRK      = Extract(salt = H(protocol, run, epoch, both envelopes in id order), Z)     Z = X25519 of the pair
 *   CK_0     = Expand(PRK, "chain")
 *   CK_{t+1} = Expand(CK_t, "ratchet"), after which CK_t is wiped
 *   key      = Expand(CK_t, purpose, round, receiver, low id, high id, H(participants), class, H(indices),
 *                     ring width, attempt)
 *
 * Both ends arrive at the same keys if and only if they agree on every one of these facts. A receiver that
 * tells two senders different participants or index sets gets sums of garbage, which the checksum shows, and
 * not a difference that says something. The ratchet is one-way: who breaks into a node learns nothing of past
 * rounds.
 *
 * Every field is preceded by its length in 4 bytes, little-endian, so that no two lists of fields spell the
 * same bytes.
 */
import { concat, equal, wipe } from './bytes.ts'
import {
  type AgreementKey,
  CIPHER_KEY_LENGTH,
  CIPHER_NONCE_LENGTH,
  type CipherSuite,
  expectLength,
  HASH_LENGTH,
} from './cipher-suite.ts'
import { sha256 } from './hash.ts'
import type { SignedAnnouncement } from './key-agreement.ts'
import type { RingWidth } from './ring.ts'

const PROTOCOL = 'starling/masks/1'
const STREAM_KEY_LENGTH = CIPHER_KEY_LENGTH + CIPHER_NONCE_LENGTH

/** What a key is for. No two purposes ever share a key. */
export type KeyPurpose = 'mask' | 'share' | 'confirmation' | 'checksum'

/** The facts that a round's keys are bound to. Ids are the nodes' 32-byte Ed25519 keys. */
export interface MaskContext {
  /** 0 to 2^53 − 1. */
  readonly round: number
  readonly receiver: Uint8Array
  /** The pair, in either order: it is sorted here. */
  readonly pair: readonly [Uint8Array, Uint8Array]
  /** `participantsHash` of everyone whose vectors are summed. */
  readonly participants: Uint8Array
  /** Which group of coordinates: empty where all senders share one set. */
  readonly classTag: Uint8Array
  /** 32 bytes: the hash of the index sets, or of how they were drawn, as both ends saw them. */
  readonly indices: Uint8Array
  readonly width: RingWidth
  /** 0, 1, …: no key serves two attempts at one round. */
  readonly attempt: number
}

/** Key and nonce of one key stream: all that must be revealed to lift one mask, and nothing else. */
export interface StreamKey {
  /** 32 bytes. */
  readonly key: Uint8Array
  /** 12 bytes. */
  readonly nonce: Uint8Array
}

/** Two announcements that are no pair: the same signer, or different runs or epochs. */
export class InvalidPairError extends Error {
  override name = 'InvalidPairError'
}

/**
 * CK_0, the chain key of 32 bytes with which a pair enters an epoch. Announcements come in either order: both ends
 * get the same.
 * @throws {InvalidPairError} {@link LowOrderPointError}
 */
export function pairKey(
  suite: CipherSuite,
  own: AgreementKey,
  ownAnnouncement: SignedAnnouncement,
  peer: SignedAnnouncement,
): Uint8Array {
  const isSameRun = equal(ownAnnouncement.runId, peer.runId)
  if (!isSameRun || ownAnnouncement.epoch !== peer.epoch) {
    throw new InvalidPairError('two mask keys of different runs or epochs make no pair')
  }
  if (!equal(own.publicKey, ownAnnouncement.publicKey)) {
    throw new InvalidPairError('the secret is not that of the announced mask key')
  }
  const order = compareIds(ownAnnouncement.signer, peer.signer)
  if (order === 0) throw new InvalidPairError('a node makes no pair with itself')
  const [low, high] = order < 0 ? [ownAnnouncement, peer] : [peer, ownAnnouncement]
  const salt = sha256(
    fields(text(PROTOCOL), peer.runId, integer(peer.epoch), low!.envelope, high!.envelope),
  )
  const secret = own.agree(peer.publicKey)
  const pseudoRandomKey = suite.extract(salt, secret)
  const chainKey = suite.expand(pseudoRandomKey, fields(text('chain')), HASH_LENGTH)
  wipe(secret, pseudoRandomKey)
  return chainKey
}

/** The chain key of the next round. Wipes the one it is given. */
export function ratchet(suite: CipherSuite, chainKey: Uint8Array): Uint8Array {
  const next = suite.expand(chainKey, fields(text('ratchet')), HASH_LENGTH)
  wipe(chainKey)
  return next
}

/** The key stream of one purpose in one context. */
export function streamKey(
  suite: CipherSuite,
  chainKey: Uint8Array,
  purpose: Exclude<KeyPurpose, 'confirmation'>,
  context: MaskContext,
): StreamKey {
  return split(suite.expand(chainKey, info(purpose, context), STREAM_KEY_LENGTH))
}

/**
 * The key stream of a sender's own mask, from b_i: 32 random bytes for one vector, which its sender reveals so
 * that the receiver can lift the mask. The vector and its checksum have one each.
 */
export function selfKey(
  suite: CipherSuite,
  seed: Uint8Array,
  purpose: 'mask' | 'checksum',
): StreamKey {
  expectLength("a self mask's seed", seed, HASH_LENGTH)
  return split(suite.expand(seed, fields(text('self'), text(purpose)), STREAM_KEY_LENGTH))
}

/**
 * The tag, 32 bytes, by which `sender` shows the other end that it holds the same chain key and sees the same
 * context. Each end makes its own and checks the other's with `equal`, before any masked word is sent.
 */
export function confirmationTag(
  suite: CipherSuite,
  chainKey: Uint8Array,
  context: MaskContext,
  sender: Uint8Array,
): Uint8Array {
  const key = suite.expand(chainKey, info('confirmation', context), HASH_LENGTH)
  const tag = suite.mac(key, fields(sender))
  wipe(key)
  return tag
}

/** The hash of a set of nodes, whatever the order in which they are listed. */
export function participantsHash(ids: readonly Uint8Array[]): Uint8Array {
  return sha256(fields(text('participants'), ...ids.toSorted(compareIds)))
}

/** Negative, zero or positive: the order of ids, byte by byte. In a pair the lower one adds the mask. */
export function compareIds(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!
  }
  return a.length - b.length
}

function split(bytes: Uint8Array): StreamKey {
  return { key: bytes.subarray(0, CIPHER_KEY_LENGTH), nonce: bytes.subarray(CIPHER_KEY_LENGTH) }
}

function info(purpose: KeyPurpose, context: MaskContext): Uint8Array {
  const [low, high] = context.pair.toSorted(compareIds)
  expectLength("the participants' hash", context.participants, HASH_LENGTH)
  expectLength("the index sets' hash", context.indices, HASH_LENGTH)
  return fields(
    text(purpose),
    integer(context.round),
    context.receiver,
    low!,
    high!,
    context.participants,
    context.classTag,
    context.indices,
    integer(context.width),
    integer(context.attempt),
  )
}

function fields(...values: readonly Uint8Array[]): Uint8Array {
  return concat(
    ...values.flatMap((value) => {
      const length = new Uint8Array(4)
      new DataView(length.buffer).setUint32(0, value.length, true)
      return [length, value]
    }),
  )
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** 8 bytes, little-endian. @throws {RangeError} for what is no whole number from 0 to 2^53 − 1 */
function integer(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${value} is not a whole number from 0 to 2^53 − 1`)
  }
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}
