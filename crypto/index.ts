export {
  concat,
  equal,
  fromBase64url,
  fromHex,
  InvalidEncodingError,
  toBase64url,
  toHex,
} from './bytes.ts'
export { sha256 } from './hash.ts'
export {
  createIdentity,
  type Identity,
  InvalidKeyError,
  PUBLIC_KEY_LENGTH,
  SEED_LENGTH,
  SIGNATURE_LENGTH,
  verify,
} from './identity.ts'
export { InvalidEnvelopeError, open, type SignedEnvelope, seal } from './signed-envelope.ts'
