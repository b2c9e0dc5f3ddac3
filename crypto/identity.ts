/**
 * A node's identity: an Ed25519 key pair (RFC 8032). Signatures are Ed25519ctx (§5.1): the context string enters
 * the hash, so that a signature made for one purpose, say a run's manifest, can never be shown as one made for
 * another. Public keys are the same as plain Ed25519's, hence the same as in the node's libp2p peer id.
 */
import { ed25519ctx } from '@noble/curves/ed25519.js'

export const SEED_LENGTH = 32
export const PUBLIC_KEY_LENGTH = 32
export const SIGNATURE_LENGTH = 64

/** A seed that is not 32 bytes, or a context that is not 1 to 255 bytes of text. */
export class InvalidKeyError extends Error {
  override name = 'InvalidKeyError'
}

export interface Identity {
  readonly publicKey: Uint8Array
  /** A signature of 64 bytes; the same for the same input (Ed25519 is deterministic). */
  sign(context: string, message: Uint8Array): Uint8Array
}

/** The key pair of a 32-byte seed. The seed is the secret; it is neither copied into errors nor printable. */
export function createIdentity(seed: Uint8Array): Identity {
  if (seed.length !== SEED_LENGTH) {
    throw new InvalidKeyError(`an identity's seed is ${SEED_LENGTH} bytes, this is ${seed.length}`)
  }
  const secret = seed.slice()
  return {
    publicKey: ed25519ctx.getPublicKey(secret),
    sign: (context, message) => ed25519ctx.sign(message, secret, { context: encode(context) }),
  }
}

/** Whether `signature` is `publicKey`'s for this message in this context. False for malformed input. */
export function verify(
  publicKey: Uint8Array,
  context: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== PUBLIC_KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false
  // zip215: false asks for RFC 8032's own acceptance rules, the stricter of the two in use.
  return ed25519ctx.verify(signature, message, publicKey, {
    context: encode(context),
    zip215: false,
  })
}

function encode(context: string): Uint8Array {
  const bytes = new TextEncoder().encode(context)
  if (bytes.length === 0 || bytes.length > 255) {
    throw new InvalidKeyError('a signature context is 1 to 255 bytes of text')
  }
  return bytes
}
