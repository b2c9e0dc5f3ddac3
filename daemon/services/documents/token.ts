/**
 * The join token: all that another machine needs to take part. `starling1` and base64url of a small protobuf message
 * (token.proto) with a checksum, so that a token copied badly is told from a wrong one.
 */
import { concat, equal, fromBase64url, sha256, toBase64url } from '../../../crypto/index.ts'
import {
  MalformedMessageError,
  ProtobufWriter,
  readProtobuf,
} from '../../../src/runtime/protobuf.ts'
import { RUN_ID_BYTES } from '../../../src/sharing/index.ts'
import {
  InvalidAddressError,
  type KnownPeer,
  MAX_ADDRESS_LENGTH,
  MAX_ADDRESSES,
  parseAddress,
  peerOfAddress,
  publicKeyOf,
  SECRET_BYTES,
} from '../../network/index.ts'
import { ExpiredTokenError, InvalidTokenError } from './errors.ts'
import { MAX_OWNERS } from './manifest.ts'

export interface Token {
  /** 16 bytes. */
  readonly run: Uint8Array
  /** 16 bytes; whoever has them may join. */
  readonly secret: Uint8Array
  readonly expiresAt: Date
  /** The owner who created the run. */
  readonly peerId: string
  readonly addresses: readonly string[]
  /** Others to ask where that one is away; of each at most one address is kept. */
  readonly coOwners: readonly KnownPeer[]
}

const PREFIX = 'starling1'
const CHECKSUM_BYTES = 4

/** What stands before the peer id of a co-owner whose addresses are not known. */
const NO_ADDRESS = '/p2p/'

const fields = {
  run: { field: 1, kind: 'bytes', max: RUN_ID_BYTES },
  secret: { field: 2, kind: 'bytes', max: SECRET_BYTES },
  /** Seconds since 1970. */
  expires: { field: 3, kind: 'uint', max: 2 ** 40 },
  peerId: { field: 4, kind: 'string', max: 128 },
  addresses: { field: 5, kind: 'string', max: MAX_ADDRESS_LENGTH, repeated: MAX_ADDRESSES },
  coOwners: { field: 6, kind: 'string', max: MAX_ADDRESS_LENGTH, repeated: MAX_OWNERS - 1 },
} as const

export function encodeToken(token: Token): string {
  const writer = new ProtobufWriter()
    .bytes(1, token.run)
    .bytes(2, token.secret)
    .uint(3, Math.floor(token.expiresAt.getTime() / 1000))
    .string(4, token.peerId)
  for (const address of token.addresses.slice(0, MAX_ADDRESSES)) writer.string(5, address)
  for (const { peerId, addresses } of token.coOwners) {
    writer.string(6, addresses[0] ?? `${NO_ADDRESS}${peerId}`)
  }
  const message = writer.finish()
  return PREFIX + toBase64url(concat(message, checksum(message)))
}

/** @throws {InvalidTokenError} with the reason, never with the token. */
export function decodeToken(text: string): Token {
  const trimmed = text.trim()
  if (!trimmed.startsWith(PREFIX)) throw new InvalidTokenError(`it does not begin with "${PREFIX}"`)
  const bytes = decodeText(trimmed.slice(PREFIX.length))
  const message = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES))
  if (!equal(checksum(message), bytes.subarray(message.length))) {
    throw new InvalidTokenError(
      'its checksum does not match, so a part of it is missing or altered',
    )
  }
  try {
    const { run, secret, expires, peerId, addresses, ...rest } = readProtobuf(message, fields)
    if (run.length !== RUN_ID_BYTES || secret.length !== SECRET_BYTES) {
      throw new InvalidTokenError('its run or secret has the wrong length')
    }
    const coOwners = rest.coOwners.map(readCoOwner)
    for (const owner of [peerId, ...coOwners.map((coOwner) => coOwner.peerId)]) {
      if (publicKeyOf(owner) === undefined) throw new InvalidTokenError('its peer id is none')
    }
    for (const address of addresses) parseAddress(address)
    return { run, secret, expiresAt: new Date(expires * 1000), peerId, addresses, coOwners }
  } catch (error) {
    if (error instanceof MalformedMessageError || error instanceof InvalidAddressError) {
      throw new InvalidTokenError('it was made by another version of Starling')
    }
    throw error
  }
}

/**
 * A token that can be used at `now`.
 * @throws {InvalidTokenError | ExpiredTokenError}
 */
export function readToken(text: string, now: Date): Token {
  const token = decodeToken(text)
  if (token.expiresAt < now) throw new ExpiredTokenError(token.expiresAt)
  return token
}

function readCoOwner(text: string): KnownPeer {
  const owner = peerOfAddress(text)
  return text === `${NO_ADDRESS}${owner.peerId}` ? { ...owner, addresses: [] } : owner
}

function decodeText(text: string): Uint8Array {
  try {
    return fromBase64url(text)
  } catch {
    throw new InvalidTokenError('it is cut short or holds characters that do not belong there')
  }
}

function checksum(message: Uint8Array): Uint8Array {
  return sha256(message).subarray(0, CHECKSUM_BYTES)
}
