/**
 * How two nodes come to a secret of their own. Each draws a fresh X25519 key for every epoch and at every start
 * of its process, and announces it under its identity's signature, in a domain of its own: the identity key
 * itself is never used to agree on anything, so that a stolen identity opens no recorded masks.
 *
 * The announcement also states the parameters of the masked sum: who disagrees on them is refused by name here,
 * instead of ending in sums of garbage. It is 96 bytes inside its signed envelope, integers little-endian:
 *
 *   version 1 B (= 1) · run id 32 B · epoch 4 B · boot nonce 16 B · X25519 key 32 B
 *   · ring width 1 B · fraction bits 1 B · clip 8 B (binary64) · min maskers 1 B
 */
import { concat, equal, toHex } from './bytes.ts'
import { type CipherSuite, expectLength } from './cipher-suite.ts'
import type { Identity } from './identity.ts'
import { checkRing, InvalidRingError, type Ring } from './ring.ts'
import { InvalidEnvelopeError, open, seal } from './signed-envelope.ts'

const CONTEXT = 'starling/mask-key/1'
const VERSION = 1
const PAYLOAD_LENGTH = 96
export const BOOT_NONCE_LENGTH = 16
const ID_LENGTH = 32

export interface MaskParameters {
  readonly ring: Ring
  /** s: a coordinate is sent only where at least this many others mask it. 1 to 255. */
  readonly minMaskers: number
}

export interface KeyAnnouncement extends MaskParameters {
  /** 32 bytes, the hash of the run's manifest. */
  readonly runId: Uint8Array
  /** 0 to 2^32 − 1. */
  readonly epoch: number
  /** 16 random bytes of this process start, so that two starts are told apart. */
  readonly bootNonce: Uint8Array
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
}

export interface SignedAnnouncement extends KeyAnnouncement {
  /** The signer's Ed25519 key, 32 bytes: the node's id in everything that concerns masks. */
  readonly signer: Uint8Array
  /** The signed bytes as they were sent; both ends hash them into their key. */
  readonly envelope: Uint8Array
}

/** What must hold of an announcement before its key is used. */
export interface AnnouncementExpectation extends MaskParameters {
  readonly runId: Uint8Array
  readonly epoch: number
  /** Who is to have signed it: a neighbour by the signed topology, never by the message's own word. */
  readonly signer: Uint8Array
}

/** Bytes that are not a signed announcement, or one of another version or with values out of range. */
export class InvalidAnnouncementError extends Error {
  override name = 'InvalidAnnouncementError'
}

/** A valid announcement of somebody else: a relay put in its own key. */
export class WrongSignerError extends Error {
  override name = 'WrongSignerError'
}

/** An announcement for another run. */
export class WrongRunError extends Error {
  override name = 'WrongRunError'
}

/** An announcement of another epoch: too early, or an old one replayed. */
export class StaleEpochError extends Error {
  override name = 'StaleEpochError'
  readonly epoch: number
  readonly expected: number

  constructor(epoch: number, expected: number) {
    super(
      `the mask key is of epoch ${epoch}, this is epoch ${expected}: ask its sender for a new one`,
    )
    this.epoch = epoch
    this.expected = expected
  }
}

/** The sender computes with another ring, clip or threshold. */
export class MismatchedParametersError extends Error {
  override name = 'MismatchedParametersError'
}

/** A key that was already announced by another node, or a key or boot nonce by an earlier start of the same one. */
export class RepeatedKeyError extends Error {
  override name = 'RepeatedKeyError'
}

/**
 * Signs the announcement. What travels is the result's envelope.
 * @throws {InvalidKeyLengthError} {@link InvalidRingError} {RangeError} for what no reader would accept
 */
export function announce(identity: Identity, announcement: KeyAnnouncement): SignedAnnouncement {
  const payload = encode(announcement)
  const envelope = seal(identity, CONTEXT, payload)
  return { ...decode(payload), signer: identity.publicKey, envelope }
}

/**
 * Reads an announcement and checks its signature, but not yet whether it is wanted.
 * @throws {InvalidAnnouncementError}
 */
export function readAnnouncement(suite: CipherSuite, envelope: Uint8Array): SignedAnnouncement {
  try {
    const { payload, publicKey } = open(envelope, CONTEXT, suite.verify)
    return { ...decode(payload), signer: publicKey, envelope: envelope.slice() }
  } catch (error) {
    if (!(error instanceof InvalidEnvelopeError || error instanceof InvalidRingError)) throw error
    throw new InvalidAnnouncementError(`not an announcement of a mask key: ${error.message}`)
  }
}

/**
 * Reads an announcement and accepts it if it is the expected one.
 *
 * @param seen every announcement accepted so far in this epoch, one's own included, in the order of acceptance. A
 *   signer may have several, one for each start of its process: the last one counts and none returns.
 * @returns the announcement; append it to `seen` unless its envelope equals that of the signer's last one there.
 * @throws {InvalidAnnouncementError} {@link WrongSignerError} {@link WrongRunError} {@link StaleEpochError}
 *   {@link MismatchedParametersError} {@link RepeatedKeyError}
 */
export function acceptAnnouncement(
  suite: CipherSuite,
  envelope: Uint8Array,
  expected: AnnouncementExpectation,
  seen: readonly SignedAnnouncement[],
): SignedAnnouncement {
  const announcement = readAnnouncement(suite, envelope)
  if (!equal(announcement.signer, expected.signer)) {
    const [is, wanted] = [announcement.signer, expected.signer].map(short)
    throw new WrongSignerError(`the mask key is signed by ${is} where ${wanted} was to sign it`)
  }
  if (!equal(announcement.runId, expected.runId)) {
    throw new WrongRunError(`${short(expected.signer)} announces a mask key for another run`)
  }
  if (announcement.epoch !== expected.epoch) {
    throw new StaleEpochError(announcement.epoch, expected.epoch)
  }
  const difference = differingParameter(announcement, expected)
  if (difference !== undefined) {
    throw new MismatchedParametersError(
      `${short(expected.signer)} masks with another ${difference}: all nodes of a run take it from its job`,
    )
  }
  refuseRepetition(announcement, seen)
  return announcement
}

function refuseRepetition(
  announcement: SignedAnnouncement,
  seen: readonly SignedAnnouncement[],
): void {
  const last = seen.findLast(({ signer }) => equal(signer, announcement.signer))
  if (last !== undefined && equal(last.envelope, announcement.envelope)) return
  // Anybody can copy another node's boot nonce, and speak before it.
  const earlier = seen.find(
    ({ publicKey, signer, bootNonce }) =>
      equal(publicKey, announcement.publicKey) ||
      (equal(signer, announcement.signer) && equal(bootNonce, announcement.bootNonce)),
  )
  if (earlier === undefined) return
  throw new RepeatedKeyError(
    `${short(announcement.signer)} announces a mask key that ${short(earlier.signer)} announced before`,
  )
}

function differingParameter(a: MaskParameters, b: MaskParameters): string | undefined {
  if (a.ring.width !== b.ring.width) return 'ring width'
  if (a.ring.fractionBits !== b.ring.fractionBits) return 'number of fraction bits'
  if (a.ring.clip !== b.ring.clip) return 'clip'
  return a.minMaskers === b.minMaskers ? undefined : 'threshold of maskers'
}

function encode(announcement: KeyAnnouncement): Uint8Array {
  const { runId, epoch, bootNonce, publicKey, ring, minMaskers } = announcement
  expectLength('a run id', runId, ID_LENGTH)
  expectLength('a boot nonce', bootNonce, BOOT_NONCE_LENGTH)
  expectLength('an X25519 public key', publicKey, ID_LENGTH)
  checkRing(ring)
  if (!isWhole(epoch, 0, 2 ** 32 - 1) || !isWhole(minMaskers, 1, 255)) {
    throw new RangeError(`no mask key is announced for epoch ${epoch} with ${minMaskers} maskers`)
  }
  const head = new Uint8Array(5)
  head[0] = VERSION
  new DataView(head.buffer).setUint32(1, epoch, true)
  const tail = new Uint8Array(11)
  tail[0] = ring.width
  tail[1] = ring.fractionBits
  new DataView(tail.buffer).setFloat64(2, ring.clip, true)
  tail[10] = minMaskers
  return concat(head.subarray(0, 1), runId, head.subarray(1), bootNonce, publicKey, tail)
}

function decode(payload: Uint8Array): KeyAnnouncement {
  if (payload.length !== PAYLOAD_LENGTH) {
    throw new InvalidAnnouncementError(
      `a mask key takes ${PAYLOAD_LENGTH} bytes, not ${payload.length}`,
    )
  }
  if (payload[0] !== VERSION) {
    throw new InvalidAnnouncementError(`version ${payload[0]} of mask keys is not known`)
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const ring = {
    width: payload[85] as Ring['width'],
    fractionBits: payload[86]!,
    clip: view.getFloat64(87, true),
  }
  checkRing(ring)
  const minMaskers = payload[95]!
  if (minMaskers === 0)
    throw new InvalidAnnouncementError('a threshold of no maskers hides nothing')
  return {
    runId: payload.slice(1, 33),
    epoch: view.getUint32(33, true),
    bootNonce: payload.slice(37, 53),
    publicKey: payload.slice(53, 85),
    ring,
    minMaskers,
  }
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function short(id: Uint8Array): string {
  return toHex(id.subarray(0, 6))
}
