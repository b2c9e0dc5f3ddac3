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
  SEED_LENGTH,
  verify,
} from './identity.ts'
export { InvalidEnvelopeError, open, seal } from './signed-envelope.ts'
