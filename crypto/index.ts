export {
  concat,
  equal,
  fromBase64url,
  fromHex,
  InvalidEncodingError,
  toBase64url,
  toHex,
  wipe,
} from './bytes.ts'
export * from './cesar/index.ts'
export {
  CHECKSUM_WORDS,
  type Checksum,
  ChecksumError,
  checksum,
  verifyChecksum,
} from './checksum.ts'
export {
  type AgreementKey,
  blockwise,
  CIPHER_KEY_LENGTH,
  CIPHER_NONCE_LENGTH,
  type CipherSuite,
  expectLength,
  HASH_LENGTH,
  InvalidKeyLengthError,
  type Keystream,
  LowOrderPointError,
  SECRET_LENGTH,
  type SignatureVerifier,
  WipedKeyError,
} from './cipher-suite.ts'
export { sha256 } from './hash.ts'
export {
  createIdentity,
  type Identity,
  InvalidKeyError,
  SEED_LENGTH,
  verify,
} from './identity.ts'
export {
  type AnnouncementExpectation,
  acceptAnnouncement,
  announce,
  BOOT_NONCE_LENGTH,
  InvalidAnnouncementError,
  type KeyAnnouncement,
  type MaskParameters,
  MismatchedParametersError,
  RepeatedKeyError,
  readAnnouncement,
  type SignedAnnouncement,
  StaleEpochError,
  WrongRunError,
  WrongSignerError,
} from './key-agreement.ts'
export {
  compareIds,
  confirmationTag,
  InvalidPairError,
  type KeyPurpose,
  type MaskContext,
  pairKey,
  participantsHash,
  ratchet,
  type StreamKey,
  selfKey,
  streamKey,
} from './key-schedule.ts'
export {
  applyMaskAt,
  applyMasks,
  inverse,
  type Mask,
  pairMask,
  selfMask,
} from './pairwise-mask.ts'
export { pureSuite } from './pure-suite.ts'
export {
  addWords,
  bytesOf,
  checkCapacity,
  checkRing,
  DEFAULT_RING,
  dequantise,
  finestFraction,
  InvalidRingError,
  InvalidWordsError,
  largestSum,
  NotFiniteError,
  newWords,
  type Quantised,
  quantise,
  type Ring,
  RingCapacityError,
  type RingWidth,
  subtractWords,
  type Words,
  wordsOf,
} from './ring.ts'
export { InvalidEnvelopeError, open, seal } from './signed-envelope.ts'
