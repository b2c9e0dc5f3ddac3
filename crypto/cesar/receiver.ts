/**
 * The receiver's part: it carries between its senders what they cannot say to each other directly, and in the end has
 * their sum. It holds no secret. What it relays wrongly, it only spoils its own sum with.
 */
import { ChecksumError, verifyChecksum } from '../checksum.ts'
import type { CipherSuite } from '../cipher-suite.ts'
import { pairMask } from '../pairwise-mask.ts'
import { addWords, type Words } from '../ring.ts'
import { type Class, classTagOf } from './classes.ts'
import { SumRefusedError } from './errors.ts'
import { layMasks, type MaskKeys, readKeys, SEED_BYTES, selfMaskKeys } from './mask-keys.ts'
import { survivorsAmong } from './sender.ts'
import { checksumSeed, SCORES } from './sum-context.ts'
import type { ByRank, MaskedVector, Reveal, Sum } from './terms.ts'

/** From what each sender says to each other one, by who said it, to the same by who is to hear it. */
export function crossed<T>(said: ByRank<ByRank<T>>): Map<number, Map<number, T>> {
  const heard = new Map<number, Map<number, T>>()
  for (const [from, words] of said) {
    for (const [to, word] of words) {
      heard.set(to, (heard.get(to) ?? new Map<number, T>()).set(from, word))
    }
  }
  return heard
}

/**
 * The sum of all participants' scores.
 * @throws {SumRefusedError} where one is missing, and so nothing is known, or the sum fails its checksum
 */
export function summedScores(suite: CipherSuite, sum: Sum, vectors: ByRank<MaskedVector>): Words {
  const missing = sum.participants.find(({ rank }) => !vectors.has(rank))
  if (missing !== undefined) throw new SumRefusedError(`node ${missing.rank} sent no scores`)
  const total = totalOf(sum.participants.map(({ rank }) => vectors.get(rank)!))
  expectChecksum(suite, total, checksumSeed(sum, SCORES))
  return total.words
}

/**
 * The sum of a class, of which all members' parts are there.
 * @throws {SumRefusedError} where it fails its checksum
 */
export function classSum(
  suite: CipherSuite,
  sum: Sum,
  summed: Class,
  parts: readonly MaskedVector[],
): Words {
  const total = totalOf(parts)
  expectChecksum(suite, total, checksumSeed(sum, classTagOf(summed)))
  return total.words
}

/**
 * Lifts the masks from the sum of the survivors' vectors.
 * @throws {SumRefusedError} where a reveal is missing or the sum fails its checksum: it must not be used then
 */
export function unmaskedSum(
  suite: CipherSuite,
  sum: Sum,
  vectors: ByRank<MaskedVector>,
  reveals: ByRank<Reveal>,
): Words {
  const survivors = survivorsAmong(sum, [...vectors.keys()])
  const gone = sum.participants.filter(({ rank }) => !vectors.has(rank))
  const total = totalOf(survivors.map(({ rank }) => vectors.get(rank)!))
  const masks = survivors.flatMap((survivor) => {
    const reveal = reveals.get(survivor.rank)
    if (reveal === undefined || reveal.seed.length !== SEED_BYTES) {
      throw new SumRefusedError(`node ${survivor.rank} did not open its mask`)
    }
    const self = { keys: selfMaskKeys(suite, reveal.seed), sign: -1 as const }
    const pairs = gone.map((missing) => {
      const keys = keysOf(reveal, survivor.rank, missing.rank)
      // What the survivor laid on, the other way round.
      const { sign } = pairMask(keys.words, missing.id, survivor.id)
      return { keys, sign }
    })
    return [self, ...pairs]
  })
  layMasks(suite, total, masks)
  expectChecksum(suite, total, checksumSeed(sum))
  return total.words
}

function expectChecksum(suite: CipherSuite, total: MaskedVector, seed: Uint8Array): void {
  try {
    verifyChecksum(suite, total.words, total.sums, seed)
  } catch (error) {
    if (!(error instanceof ChecksumError)) throw error
    throw new SumRefusedError('the sum fails its checksum')
  }
}

function keysOf(reveal: Reveal, survivor: number, missing: number): MaskKeys {
  const bytes = reveal.pairs.get(missing)
  if (bytes !== undefined) return readKeys(bytes)
  throw new SumRefusedError(`node ${survivor} did not open its mask shared with node ${missing}`)
}

function totalOf(vectors: readonly MaskedVector[]): MaskedVector {
  const [first, ...others] = vectors
  const total = { words: first!.words.slice(), sums: first!.sums.slice() }
  for (const { words, sums } of others) {
    if (words.length !== total.words.length) {
      throw new SumRefusedError('vectors of different lengths cannot be summed')
    }
    addWords(total.words, words)
    addWords(total.sums, sums)
  }
  return total
}
