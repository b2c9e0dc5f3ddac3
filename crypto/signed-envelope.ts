/**
 * A payload with the signature that vouches for it. Layout, in this order and nothing after it:
 *
 *   version 1 B (= 1) · context length 1 B · context · public key 32 B · signature 64 B · payload
 *
 * The signature covers context and payload (Ed25519ctx). The public key says whose it is; whether that key may
 * say this is the reader's decision.
 */
import { concat } from './bytes.ts'
import type { SignatureVerifier } from './cipher-suite.ts'
import { type Identity, PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH, verify } from './identity.ts'

const VERSION = 1

export interface SignedEnvelope {
  readonly context: string
  readonly payload: Uint8Array
  readonly publicKey: Uint8Array
}

/** Bytes that are not an envelope of the expected context, or whose signature does not hold. */
export class InvalidEnvelopeError extends Error {
  override name = 'InvalidEnvelopeError'
}

/** Signs `payload` and returns the envelope's bytes. */
export function seal(identity: Identity, context: string, payload: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(context)
  const signature = identity.sign(context, payload)
  const head = Uint8Array.of(VERSION, name.length)
  return concat(head, name, identity.publicKey, signature, payload)
}

/**
 * Reads an envelope and checks its signature.
 * @param verifier a faster one where many envelopes are read
 * @throws {InvalidEnvelopeError} for another version or context, missing bytes, or a signature that does not hold.
 */
export function open(
  bytes: Uint8Array,
  context: string,
  verifier: SignatureVerifier = verify,
): SignedEnvelope {
  const name = new TextEncoder().encode(context)
  const keyAt = 2 + name.length
  const signatureAt = keyAt + PUBLIC_KEY_LENGTH
  const payloadAt = signatureAt + SIGNATURE_LENGTH
  if (bytes.length < payloadAt) throw new InvalidEnvelopeError('the envelope is too short')
  if (bytes[0] !== VERSION) {
    throw new InvalidEnvelopeError(`the envelope has version ${bytes[0]}, known is ${VERSION}`)
  }
  const isSameContext = bytes[1] === name.length && name.every((byte, i) => bytes[2 + i] === byte)
  if (!isSameContext) throw new InvalidEnvelopeError(`the envelope is not a ${context}`)
  const publicKey = bytes.slice(keyAt, signatureAt)
  const payload = bytes.slice(payloadAt)
  if (!verifier(publicKey, context, payload, bytes.subarray(signatureAt, payloadAt))) {
    throw new InvalidEnvelopeError(`the signature of the ${context} does not hold`)
  }
  return { context, payload, publicKey }
}
