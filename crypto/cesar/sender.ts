/**
 * A sender's part in one sum, one phase after the other. Each phase is taken once, holds what the next one needs and
 * says what is to be sent; the receiver's answer leads on. Any of them may refuse, which ends this node's part in this
 * sum: nothing is ever tried again for the same receiver and round.
 *
 *   join → confirm(tags) → mask(words) → vote(survivors) → reveal(votes)
 */
import { equal, wipe } from '../bytes.ts'
import { checksum } from '../checksum.ts'
import type { CipherSuite } from '../cipher-suite.ts'
import { confirmationTag } from '../key-schedule.ts'
import { pairMask } from '../pairwise-mask.ts'
import type { RingWidth, Words } from '../ring.ts'
import { type Class, classTagOf } from './classes.ts'
import type { EpochKeys } from './epoch-keys.ts'
import { SpentPhaseError, SumRefusedError } from './errors.ts'
import {
  layMasks,
  type MaskKeys,
  pairMaskKeys,
  selfMaskKeys,
  wipeKeys,
  writeKeys,
} from './mask-keys.ts'
import { checksumSeed, maskContext, SCORES, voteTag } from './sum-context.ts'
import type { ByRank, MaskedVector, Party, Reveal, Sum } from './terms.ts'

export interface SenderInit {
  readonly suite: CipherSuite
  readonly keys: EpochKeys
  readonly self: Party
  readonly width: RingWidth
}

/** Waits for the partners' tags: no vector is sent before all of them see the same sum. */
export interface Joined {
  /** By partner: that this node holds the pair's key and sees this sum. */
  readonly tags: ByRank<Uint8Array>
  /**
   * Masks the scores of this node's blocks, in place. They have no self mask: their sum is known if all of them arrive,
   * and else nothing is.
   */
  scores(words: Words): MaskedVector
  /** @throws {SumRefusedError} unless every partner's tag is there and right */
  confirm(tags: ByRank<Uint8Array>): Confirmed
}

/** May send its vector. */
export interface Confirmed {
  /**
   * Masks `words`, in place.
   * @param seed 32 random bytes, for this vector only; kept until the phase that follows is closed
   * @param indices hash of the coordinates, where they were chosen only now. @default those of the sum
   */
  mask(words: Words, seed: Uint8Array, indices?: Uint8Array): Sent
  /**
   * Instead: masks the words of each class that this node is a member of, in place, in the order of the classes. There is
   * nothing to open: where a member's part is missing, its classes stay closed.
   */
  maskClasses(parts: readonly ClassWords[]): readonly MaskedVector[]
}

export interface ClassWords {
  readonly class: Class
  readonly words: Words
}

/** Has sent its vector, and waits to be told whose arrived. */
export interface Sent {
  readonly vector: MaskedVector
  /** @throws {SumRefusedError} unless this node is one of at least s + 1 survivors, all participants */
  vote(survivors: readonly number[]): Voted
  /** Wipes what opens the vector, its reveal included: for when the round is over. */
  close(): void
}

/** Has given its one vote, and opens its masks when all survivors have given the same. */
export interface Voted {
  /** By survivor. */
  readonly votes: ByRank<Uint8Array>
  /** @throws {SumRefusedError} unless every other survivor voted for the same */
  reveal(votes: ByRank<Uint8Array>): Reveal
}

/** Takes part in a sum. @throws {SumRefusedError} where this is no sum to take part in */
export function join(init: SenderInit, sum: Sum): Joined {
  const { suite, keys, self, width } = init
  const partners = partnersIn(sum, self)
  const contextWith = (partner: Party) => maskContext(sum, [self, partner], width)
  const tagOf = (partner: Party, sender: Party) => {
    const chainKey = keys.chainKey(partner.rank, sum.round)
    return confirmationTag(suite, chainKey, contextWith(partner), sender.id)
  }
  const scores = once('join', (words: Words): MaskedVector => {
    const vector = { words, sums: checksum(suite, words, checksumSeed(sum, SCORES)) }
    layPairMasks(init, sum, vector, partners, SCORES)
    return vector
  })
  const confirm = once('join', (tags: ByRank<Uint8Array>): Confirmed => {
    for (const partner of partners) {
      expectTag(tags.get(partner.rank), tagOf(partner, partner), () => [
        `node ${partner.rank} did not confirm the sum`,
        `node ${partner.rank} sees another sum, or holds another key`,
      ])
    }
    return confirmed(init, sum, partners)
  })
  return {
    tags: new Map(partners.map((partner) => [partner.rank, tagOf(partner, self)])),
    scores,
    confirm,
  }
}

function confirmed(init: SenderInit, agreed: Sum, partners: readonly Party[]): Confirmed {
  const { suite } = init
  const mask = once('confirm', (words: Words, seed: Uint8Array, chosen?: Uint8Array): Sent => {
    const sum = { ...agreed, indices: chosen ?? agreed.indices }
    const vector = { words, sums: checksum(suite, words, checksumSeed(sum)) }
    const pairs = pairKeys(init, sum, partners)
    const own = selfMaskKeys(suite, seed)
    layMasks(suite, vector, [{ keys: own, sign: 1 }, ...pairMasks(init, partners, pairs)])
    wipeKeys(own)
    return sent(init, sum, vector, { seed, pairs })
  })
  const maskClasses = once('confirm', (parts: readonly ClassWords[]) =>
    parts.map(({ class: own, words }): MaskedVector => {
      const tag = classTagOf(own)
      const vector = { words, sums: checksum(suite, words, checksumSeed(agreed, tag)) }
      const others = partnersIn({ ...agreed, participants: own.members }, init.self)
      layPairMasks(init, agreed, vector, others, tag)
      return vector
    }),
  )
  return { mask, maskClasses }
}

function pairKeys(
  { suite, keys, self, width }: SenderInit,
  sum: Sum,
  partners: readonly Party[],
  classTag?: Uint8Array,
): ByRank<MaskKeys> {
  return new Map(
    partners.map((partner) => {
      const chainKey = keys.chainKey(partner.rank, sum.round)
      const context = maskContext(sum, [self, partner], width, classTag)
      return [partner.rank, pairMaskKeys(suite, chainKey, context)]
    }),
  )
}

function pairMasks({ self }: SenderInit, partners: readonly Party[], pairs: ByRank<MaskKeys>) {
  return partners.map(({ id, rank }) => {
    const keys = pairs.get(rank)!
    return { keys, sign: pairMask(keys.words, self.id, id).sign }
  })
}

/** Masks of which nothing will be opened: their keys are wiped at once. */
function layPairMasks(
  init: SenderInit,
  sum: Sum,
  vector: MaskedVector,
  partners: readonly Party[],
  classTag: Uint8Array,
): void {
  const pairs = pairKeys(init, sum, partners, classTag)
  layMasks(init.suite, vector, pairMasks(init, partners, pairs))
  wipeKeys(...pairs.values())
}

/** What opens this vector; kept until its round is over. */
interface Opening {
  readonly seed: Uint8Array
  readonly pairs: ByRank<MaskKeys>
}

function sent(init: SenderInit, sum: Sum, vector: MaskedVector, opening: Opening): Sent {
  const { suite, keys, self } = init
  const vote = once('sent', (ranks: readonly number[]): Voted => {
    const survivors = survivorsAmong(sum, ranks)
    const others = partnersIn({ ...sum, participants: survivors }, self)
    const tagOf = (other: Party, voter: Party) => {
      const chainKey = keys.chainKey(other.rank, sum.round)
      return voteTag(suite, chainKey, sum, [self, other], survivors, voter)
    }
    const reveal = once('vote', (votes: ByRank<Uint8Array>): Reveal => {
      for (const other of others) {
        expectTag(votes.get(other.rank), tagOf(other, other), () => [
          `the vote of node ${other.rank} is missing`,
          `node ${other.rank} voted for other survivors`,
        ])
      }
      const opened = [...opening.pairs].filter(([rank]) => !ranks.includes(rank))
      return {
        seed: opening.seed,
        pairs: new Map(opened.map(([rank, pair]) => [rank, writeKeys(pair)])),
      }
    })
    return { votes: new Map(others.map((other) => [other.rank, tagOf(other, self)])), reveal }
  })
  const close = () => {
    wipe(opening.seed)
    wipeKeys(...opening.pairs.values())
  }
  return { vector, vote, close }
}

/** The survivors as parties. @throws {SumRefusedError} unless they are at least s + 1 of the participants */
export function survivorsAmong(sum: Sum, ranks: readonly number[]): readonly Party[] {
  const survivors = sum.participants.filter(({ rank }) => ranks.includes(rank))
  if (survivors.length !== ranks.length) {
    throw new SumRefusedError('there are survivors that were no participants')
  }
  if (survivors.length <= sum.minMaskers) {
    throw new SumRefusedError(
      `${survivors.length} vectors arrived where ${sum.minMaskers + 1} are needed to hide each other`,
    )
  }
  return survivors
}

/** The others. @throws {SumRefusedError} unless `self` is one of them and they are enough */
function partnersIn({ participants, minMaskers }: Sum, self: Party): readonly Party[] {
  const partners = participants.filter(({ rank }) => rank !== self.rank)
  if (partners.length === participants.length) {
    throw new SumRefusedError('this node is not in the sum that it is asked to contribute to')
  }
  if (partners.length < minMaskers) {
    throw new SumRefusedError(`${partners.length} others mask where ${minMaskers} are needed`)
  }
  return partners
}

function expectTag(
  tag: Uint8Array | undefined,
  expected: Uint8Array,
  problems: () => readonly [string, string],
): void {
  const isRight = tag !== undefined && equal(tag, expected)
  wipe(expected)
  if (!isRight) throw new SumRefusedError(problems()[tag === undefined ? 0 : 1])
}

/** A step that leads on once: a second vector, vote or reveal for one sum would tell a difference. */
function once<A extends unknown[], R>(phase: string, step: (...args: A) => R): (...args: A) => R {
  let isSpent = false
  return (...args) => {
    if (isSpent) throw new SpentPhaseError(phase)
    isSpent = true
    return step(...args)
  }
}
