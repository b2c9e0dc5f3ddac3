/**
 * The primitives under the masks, as a port: X25519 (RFC 7748), ChaCha20 (RFC 8439), HKDF and HMAC with SHA-256
 * (RFC 5869, RFC 2104) and the verification of Ed25519ctx (RFC 8032 §5.1). Two implementations give the same
 * bytes for the same input: `pureSuite` here, in JavaScript, and the daemon's on OpenSSL, about twelve times as
 * fast. Neither draws randomness: secrets come in as arguments.
 */

export const SECRET_LENGTH = 32
export const CIPHER_KEY_LENGTH = 32
export const CIPHER_NONCE_LENGTH = 12
export const HASH_LENGTH = 32
/** ChaCha20's. */
export const BLOCK_LENGTH = 64

/** A key of X25519 with which no secret can be agreed: the result would be the same for everyone. */
export class LowOrderPointError extends Error {
  override name = 'LowOrderPointError'
}

/** A key used after its secret was wiped: a fault of the calling code. */
export class WipedKeyError extends Error {
  override name = 'WipedKeyError'
  constructor() {
    super('the secret of this X25519 key is gone: agree on all keys before it is wiped')
  }
}

/** Key material of the wrong length: a fault of the calling code, never of a peer. */
export class InvalidKeyLengthError extends Error {
  override name = 'InvalidKeyLengthError'
}

export interface CipherSuite {
  readonly name: 'native' | 'pure'

  /**
   * The X25519 key pair of a 32-byte secret, which may be any 32 random bytes.
   * @throws {InvalidKeyLengthError}
   */
  agreementKey(secret: Uint8Array): AgreementKey

  /** HKDF-Extract: a pseudo-random key of 32 bytes. */
  extract(salt: Uint8Array, input: Uint8Array): Uint8Array

  /** HKDF-Expand: `length` bytes, at most 255 · 32, from a pseudo-random key of 32 bytes. */
  expand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array

  /** HMAC-SHA-256: a tag of 32 bytes. */
  mac(key: Uint8Array, message: Uint8Array): Uint8Array

  /**
   * ChaCha20's key stream from block counter 0, for a key of 32 and a nonce of 12 bytes.
   * @throws {InvalidKeyLengthError}
   */
  keystream(key: Uint8Array, nonce: Uint8Array): Keystream

  /** Whether the Ed25519ctx signature holds. False for malformed input. As `verify` in identity.ts. */
  verify: SignatureVerifier
}

export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /**
   * The 32-byte secret shared with the holder of the other key.
   * @throws {LowOrderPointError} where the result would be all zeros (RFC 7748 §6.1)
   * @throws {WipedKeyError}
   */
  agree(peerPublicKey: Uint8Array): Uint8Array
  /** Forgets the secret. From then on nothing can be agreed on. */
  wipe(): void
}

export interface Keystream {
  /**
   * The next `length` bytes, which are the caller's; pieces of 64 KiB are the fastest.
   * @throws {RangeError} after a length that was no multiple of 64, ChaCha20's block: that one was the last
   */
  next(length: number): Uint8Array
}

export type SignatureVerifier = (
  publicKey: Uint8Array,
  context: string,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

/** A key stream from a function that gives whole blocks, and at the end a part of one. */
export function blockwise(next: (length: number) => Uint8Array): Keystream {
  let isAtEnd = false
  return {
    next(length) {
      if (isAtEnd) throw new RangeError('a key stream ends at the first piece of broken blocks')
      isAtEnd = length % BLOCK_LENGTH !== 0
      return next(length)
    },
  }
}

/** @throws {InvalidKeyLengthError} unless `bytes` has that length; the message never shows the bytes. */
export function expectLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new InvalidKeyLengthError(`${what} has ${length} bytes, this has ${bytes.length}`)
  }
}
