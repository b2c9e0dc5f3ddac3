/**
 * Two words that show whether a sum still carries a mask. Every sender takes, over its plain integers,
 *
 *   h = Σ_c ρ_c · q[c]   and   h′ = Σ_c ρ′_c · q[c]   mod 2^32
 *
 * with ρ and ρ′ drawn from a public seed, and masks both as it masks its words. They are linear: the sum of all
 * senders' checksums is the checksum of the sum, so that the receiver can compare, and learns nothing that the
 * sum does not say. A 32-bit mask left on the sum is uniform and passes with probability 2^−64, a 16-bit one with
 * at most 2^−32, and a single wrong word never, because every ρ_c is odd. It is not a signature: any words can be
 * sent with a checksum that fits.
 *
 * A ρ of its own for each coordinate would cost as much as another mask. Here ρ is a product of two sequences:
 * κ within a piece of 16 384 coordinates and an odd ζ for each piece, ρ_c = κ[c mod 16384] · ζ[⌊c / 16384⌋].
 * (With κ all odd and κ′ of mixed parity the 2 × n matrix of ρ and ρ′ has rank 2 modulo 2, hence maps uniform
 * masks to uniform pairs; κ′ is all odd or all even with probability 2^(1−n).)
 */
import { CIPHER_NONCE_LENGTH, type CipherSuite, type Keystream } from './cipher-suite.ts'
import { AREA, PIECE_BYTES, ringKernels } from './kernels/ring-kernels.ts'
import { bytesOf, loadWide, type Words, wordsOf } from './ring.ts'

/** h and h′: two words of 32 bits in a ring of either width. */
export type Checksum = Int32Array<ArrayBuffer>

export const CHECKSUM_WORDS = 2

const PIECE_WORDS = PIECE_BYTES / 4
/** One block of ChaCha20, the least that a key stream gives. */
const FACTORS_AT_ONCE = 16

/** A sum that does not fit its checksum. */
export class ChecksumError extends Error {
  override name = 'ChecksumError'
}

/**
 * The checksum of one sender's plain words, or of a sum that did not wrap around.
 * @param seed 32 public bytes, the same for all senders to one receiver: a hash of run, round, receiver,
 *   participants
 */
export function checksum(suite: CipherSuite, words: Words, seed: Uint8Array): Checksum {
  const sequence = (index: number) => {
    const nonce = new Uint8Array(CIPHER_NONCE_LENGTH)
    nonce[0] = index
    return suite.keystream(seed, nonce)
  }
  const length = Math.min(words.length, PIECE_WORDS)
  const first = nextWords(sequence(0), length)
  for (let c = 0; c < length; c++) first[c]! |= 1
  const second = nextWords(sequence(1), length)
  const factors = sequence(2)

  const sums = new Int32Array(CHECKSUM_WORDS)
  const bytes = bytesOf(words)
  const kernels = ringKernels()
  kernels.load(AREA.d, bytesOf(first))
  kernels.load(AREA.e, bytesOf(second))
  let drawn = new Int32Array(0)
  for (let at = 0, piece = 0; at < words.length; at += PIECE_WORDS, piece++) {
    const slot = (2 * piece) % FACTORS_AT_ONCE
    if (slot === 0) drawn = nextWords(factors, FACTORS_AT_ONCE)
    const padded = loadWide(words.BYTES_PER_ELEMENT, bytes, at)
    for (const [i, sequence] of [AREA.d, AREA.e].entries()) {
      const total = kernels.dot(AREA.a, sequence, padded)
      sums[i] = (sums[i]! + Math.imul(drawn[slot + i]! | 1, total)) | 0
    }
  }
  kernels.wipe()
  return sums
}

/** @throws {ChecksumError} unless `sums` is the checksum of `words`. */
export function verifyChecksum(
  suite: CipherSuite,
  words: Words,
  sums: Checksum,
  seed: Uint8Array,
): void {
  const found = checksum(suite, words, seed)
  if (found.every((word, i) => word === sums[i]) && sums.length === CHECKSUM_WORDS) return
  throw new ChecksumError(
    'the sum does not fit its checksum: a mask was not lifted or a word was altered; do not use it',
  )
}

function nextWords(stream: Keystream, count: number): Int32Array<ArrayBuffer> {
  return wordsOf(32, stream.next(4 * count)) as Int32Array<ArrayBuffer>
}
