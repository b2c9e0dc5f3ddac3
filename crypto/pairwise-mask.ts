/**
 * Masks that cancel in a sum (Bonawitz et al., CCS 2017, §4.1). For each pair the lower id adds a key stream to its
 * words and the higher one subtracts the same stream:
 *
 *   y_i = q_i + PRG(b_i) + Σ_{l > i} PRG(k_il) − Σ_{l < i} PRG(k_il)      in Z/2^w, word by word
 *
 * so that Σ y_i = Σ q_i + Σ PRG(b_i), while each y_i alone is uniform to whoever lacks one of its keys. PRG is
 * ChaCha20's key stream read as little-endian words of w bits. The self mask PRG(b_i) is optional.
 *
 * All masks of one vector are laid on in one pass over pieces of 64 KiB, which stay in the processor's cache.
 */
import type { CipherSuite } from './cipher-suite.ts'
import { AREA, PIECE_BYTES, ringKernels } from './kernels/ring-kernels.ts'
import { compareIds, type StreamKey } from './key-schedule.ts'
import { accumulateArea, bytesOf, type Words, wordsOf } from './ring.ts'

/** One key stream, and whether it is added or subtracted. */
export interface Mask extends StreamKey {
  readonly sign: 1 | -1
}

/** The mask that `self` lays on for its pair with `peer`: the one that `peer` lays on has the opposite sign. */
export function pairMask(key: StreamKey, self: Uint8Array, peer: Uint8Array): Mask {
  return { ...key, sign: compareIds(self, peer) < 0 ? 1 : -1 }
}

/** A mask of the sender's own, PRG(b_i), from `selfKey`. */
export function selfMask(key: StreamKey): Mask {
  return { ...key, sign: 1 }
}

/** The mask that lifts this one. */
export function inverse({ key, nonce, sign }: Mask): Mask {
  return { key, nonce, sign: sign === 1 ? -1 : 1 }
}

/** Lays the masks on the words, in place: word c gets word c of every key stream. */
export function applyMasks(suite: CipherSuite, words: Words, masks: readonly Mask[]): void {
  if (masks.length === 0) return
  const streams = masks.map(({ key, nonce, sign }) => ({ pad: suite.keystream(key, nonce), sign }))
  const kernels = ringKernels()
  const bytes = bytesOf(words)
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES)
    const length = kernels.load(AREA.a, piece)
    for (const { pad, sign } of streams) {
      kernels.load(AREA.b, pad.next(piece.length))
      accumulateArea(words.BYTES_PER_ELEMENT, length, sign)
    }
    kernels.store(AREA.a, piece)
  }
  kernels.wipe()
}

/**
 * Lays one mask on some of the words, in place: word `positions[k]` gets word k of the key stream. Both ends of
 * a pair list the coordinates that they share in the same order, wherever these lie in their own vectors.
 * @param positions indices into `words`, each at most once
 */
export function applyMaskAt(
  suite: CipherSuite,
  words: Words,
  positions: Uint32Array,
  { key, nonce, sign }: Mask,
): void {
  const pad = suite.keystream(key, nonce)
  const wordBytes = words.BYTES_PER_ELEMENT
  const width = wordBytes === 4 ? 32 : 16
  const pieceWords = PIECE_BYTES / wordBytes
  for (let at = 0; at < positions.length; at += pieceWords) {
    const places = positions.subarray(at, at + pieceWords)
    const mask = wordsOf(width, pad.next(places.length * wordBytes))
    for (let k = 0; k < places.length; k++) {
      const place = places[k]!
      words[place] = (words[place]! + sign * mask[k]!) | 0
    }
  }
}
