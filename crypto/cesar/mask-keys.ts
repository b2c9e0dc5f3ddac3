/** Keys of the masks on one vector: a stream for its words, another for its checksum. */
import { concat, wipe } from '../bytes.ts'
import {
  CIPHER_KEY_LENGTH,
  CIPHER_NONCE_LENGTH,
  type CipherSuite,
  HASH_LENGTH,
} from '../cipher-suite.ts'
import { type MaskContext, type StreamKey, selfKey, streamKey } from '../key-schedule.ts'
import { applyMasks, type Mask } from '../pairwise-mask.ts'
import { SumRefusedError } from './errors.ts'
import type { MaskedVector } from './terms.ts'

const STREAM_BYTES = CIPHER_KEY_LENGTH + CIPHER_NONCE_LENGTH
export const PAIR_BYTES = 2 * STREAM_BYTES
export const SEED_BYTES = HASH_LENGTH

/** Both streams of one mask. */
export interface MaskKeys {
  readonly words: StreamKey
  readonly sums: StreamKey
}

export function pairMaskKeys(
  suite: CipherSuite,
  chainKey: Uint8Array,
  context: MaskContext,
): MaskKeys {
  return {
    words: streamKey(suite, chainKey, 'mask', context),
    sums: streamKey(suite, chainKey, 'checksum', context),
  }
}

/** Of a self mask, from its 32-byte seed b_i. */
export function selfMaskKeys(suite: CipherSuite, seed: Uint8Array): MaskKeys {
  return { words: selfKey(suite, seed, 'mask'), sums: selfKey(suite, seed, 'checksum') }
}

export function wipeKeys(...masks: readonly MaskKeys[]): void {
  for (const { words, sums } of masks) wipe(words.key, words.nonce, sums.key, sums.nonce)
}

/** As a reveal carries them. */
export function writeKeys({ words, sums }: MaskKeys): Uint8Array {
  return concat(words.key, words.nonce, sums.key, sums.nonce)
}

/** @throws {SumRefusedError} unless there are 88 bytes */
export function readKeys(bytes: Uint8Array): MaskKeys {
  if (bytes.length !== PAIR_BYTES) {
    throw new SumRefusedError(`the keys of a mask take ${PAIR_BYTES} bytes, not ${bytes.length}`)
  }
  const stream = (at: number): StreamKey => ({
    key: bytes.slice(at, at + CIPHER_KEY_LENGTH),
    nonce: bytes.slice(at + CIPHER_KEY_LENGTH, at + STREAM_BYTES),
  })
  return { words: stream(0), sums: stream(STREAM_BYTES) }
}

/** Lays masks on a vector and its checksum, in place. */
export function layMasks(
  suite: CipherSuite,
  { words, sums }: MaskedVector,
  masks: readonly { readonly keys: MaskKeys; readonly sign: Mask['sign'] }[],
): void {
  applyMasks(
    suite,
    words,
    masks.map(({ keys, sign }) => ({ ...keys.words, sign })),
  )
  applyMasks(
    suite,
    sums,
    masks.map(({ keys, sign }) => ({ ...keys.sums, sign })),
  )
}
