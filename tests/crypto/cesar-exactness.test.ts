/**
 * Ten thousand generated sums through the whole protocol, each exact to the last bit. Several go side by side in one
 * vector, for a mask treats every word alike and agreeing on keys is what takes time.
 */
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import {
  type ByRank,
  classesOf,
  classSum,
  createIdentity,
  crossed,
  DEFAULT_RING,
  EpochKeys,
  type Identity,
  type Joined,
  join,
  type MaskedVector,
  type Party,
  type Reveal,
  type Sum,
  sha256,
  unmaskedSum,
} from '../../crypto/index.ts'
import { nativeSuite as suite } from '../../daemon/crypto/index.ts'
import { type RandomStream, randomStream } from '../../src/numeric/random.ts'

const bytes = (what: string) => sha256(new TextEncoder().encode(what))
const NODES = 8
const identities: Identity[] = Array.from({ length: NODES + 1 }, (_, rank) =>
  createIdentity(bytes(`node ${rank}`)),
)
const partyOf = (rank: number): Party => ({ rank, id: identities[rank]!.publicKey })

const everybody = Array.from({ length: NODES }, (_, rank) => {
  const keys = new EpochKeys({
    suite,
    identity: identities[rank]!,
    parameters: { ring: DEFAULT_RING, minMaskers: 1 },
    runId: bytes('run'),
    epoch: 0,
    firstRound: 0,
    secret: bytes(`secret ${rank}`),
    bootNonce: bytes(`boot ${rank}`).subarray(0, 16),
  })
  return { keys, self: partyOf(rank) }
})
for (const { keys, self } of everybody) {
  for (const other of everybody) {
    if (other.self !== self) keys.admit(other.self, other.keys.announcement.envelope)
  }
}

let round = 0
let cases = 0
afterAll(() => expect(cases).toBeGreaterThanOrEqual(10_000))

/** A new sum of so many senders, joined by all of them, and the tags that each gets from the others. */
function opened(senders: number) {
  const sum: Sum = {
    runId: bytes('run'),
    round: round++,
    receiver: partyOf(NODES),
    participants: everybody.slice(0, senders).map(({ self }) => self),
    indices: bytes(`indices ${round}`),
    minMaskers: 1,
  }
  const joined = new Map<number, Joined>(
    sum.participants.map(({ rank }) => {
      const { keys, self } = everybody[rank]!
      return [rank, join({ suite, keys, self, width: 32 }, sum)]
    }),
  )
  const tags = crossed(new Map([...joined].map(([rank, phase]) => [rank, phase.tags])))
  const confirmed = [...joined].map(([rank, phase]) => {
    return [rank, phase.confirm(tags.get(rank)!)] as const
  })
  return { sum, confirmed: new Map(confirmed) }
}

const EXTREMES = [-(2 ** 31), 2 ** 31 - 1, -1, 0, 1]

/** The senders' words of one case: few or none, random, extreme or the same for all. */
function plainFrom(random: RandomStream): Int32Array<ArrayBuffer>[] {
  const length = random.integer(7)
  const isSame = random.integer(3) === 0
  const isExtreme = random.integer(3) === 0
  const word = () => (isExtreme ? EXTREMES[random.integer(EXTREMES.length)]! : random.uint32() | 0)
  const first = Int32Array.from({ length }, word)
  return everybody.map((_, rank) =>
    rank === 0 || isSame ? first.slice() : Int32Array.from({ length }, word),
  )
}

const seed = fc.nat()
const someSenders = fc.integer({ min: 2, max: NODES })

/** Literally: word for word, modulo 2^32. */
function sumOf(vectors: readonly Int32Array[]): Int32Array {
  return Int32Array.from(vectors[0]!, (_, k) =>
    vectors.reduce((sum, vector) => (sum + vector[k]!) | 0, 0),
  )
}

test('the sum is that of the survivors: any words, any losses, any order of arrival', () => {
  const sideBySide = 40
  const batch = fc.record({
    senders: someSenders,
    lost: fc.uniqueArray(fc.nat(NODES - 1), { maxLength: 3 }),
    seed,
  })
  fc.assert(
    fc.property(batch, ({ senders, lost, seed: drawn }) => {
      const random = randomStream(drawn, 'cases')
      const shuffled = <T>(list: T[]): T[] => random.shuffle(list)
      const plains = Array.from({ length: sideBySide }, () => plainFrom(random))
      const { sum, confirmed } = opened(senders)
      const gone = lost.filter((rank) => rank < senders).slice(0, senders - 2)
      const sent = [...confirmed].map(([rank, phase]) => {
        const words = Int32Array.from(plains.flatMap((own) => [...own[rank]!]))
        return [rank, phase.mask(words, bytes(`seed ${rank} ${sum.round}`))] as const
      })
      const arrived = shuffled(sent.filter(([rank]) => !gone.includes(rank)))
      const survivors = arrived.map(([rank]) => rank).sort((a, b) => a - b)
      const voted = new Map(arrived.map(([rank, phase]) => [rank, phase.vote(survivors)]))
      const votes = crossed(new Map([...voted].map(([rank, { votes: own }]) => [rank, own])))
      const reveals: [number, Reveal][] = [...voted].map(([rank, phase]) => [
        rank,
        phase.reveal(votes.get(rank)!),
      ])
      const vectors = new Map(arrived.map(([rank, { vector }]) => [rank, vector]))
      const words = unmaskedSum(suite, sum, vectors, new Map(shuffled(reveals)))
      const expected = plains.flatMap((own) => [...sumOf(survivors.map((rank) => own[rank]!))])
      expect(words).toEqual(Int32Array.from(expected))
      cases += plains.length
    }),
    { numRuns: 225 },
  )
})

test('where each sender has coordinates of its own, so are the sums of all classes', () => {
  const size = 24
  const coordinate = fc.constantFrom('random', 'empty', 'identical', 'disjoint')
  const batch = fc.record({
    senders: fc.integer({ min: 2, max: 6 }),
    kind: coordinate,
    seed,
  })
  fc.assert(
    fc.property(batch, ({ senders, kind, seed: drawn }) => {
      const random = randomStream(drawn, 'cases')
      const picks = Array.from({ length: size }, () => random.integer(2 ** NODES))
      const words = Int32Array.from({ length: size * NODES }, () => random.uint32() | 0)
      const { sum, confirmed } = opened(senders)
      const has = (rank: number, k: number) => {
        if (kind === 'empty') return false
        if (kind === 'identical') return (picks[k]! & 1) === 1
        if (kind === 'disjoint') return picks[k]! % senders === rank
        return ((picks[k]! >> rank) & 1) === 1
      }
      const numberOf = (rank: number, k: number) => words[rank * size + k]!
      const sets: ByRank<Uint32Array> = new Map(
        sum.participants.map(({ rank }) => {
          const all = Uint32Array.from({ length: size }, (_, k) => k)
          return [rank, all.filter((k) => has(rank, k))]
        }),
      )
      const { classes } = classesOf(sum, sets, size)
      const parts = new Map(
        [...confirmed].map(([rank, phase]) => {
          const mine = classes.filter(({ members }) => members.some((one) => one.rank === rank))
          const plainParts = mine.map((each) => ({
            class: each,
            words: Int32Array.from(each.coordinates, (k) => numberOf(rank, k)),
          }))
          const masked = phase.maskClasses(plainParts)
          return [rank, new Map(mine.map((each, i) => [each, masked[i]!]))]
        }),
      )
      let covered = 0
      for (const each of classes) {
        const arrived: MaskedVector[] = random
          .shuffle([...each.members])
          .map(({ rank }) => parts.get(rank)!.get(each)!)
        const expected = Int32Array.from(each.coordinates, (k) =>
          each.members.reduce((total, { rank }) => (total + numberOf(rank, k)) | 0, 0),
        )
        expect(classSum(suite, sum, each, arrived)).toEqual(expected)
        covered += each.coordinates.length
      }
      const contributors = (k: number) => [...sets.values()].filter((set) => set.includes(k)).length
      const kept = picks.filter((_, k) => contributors(k) > sum.minMaskers).length
      expect(covered).toBe(kept)
      cases += size
    }),
    { numRuns: 50 },
  )
})
