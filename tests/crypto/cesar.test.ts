/** The protocol's two roles against each other, without letters or rounds. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  classesOf,
  createIdentity,
  crossed,
  DEFAULT_RING,
  EpochKeys,
  type Identity,
  join,
  type MaskedVector,
  Membership,
  type Party,
  quorum,
  type Reveal,
  SpentPhaseError,
  type Sum,
  SumRefusedError,
  sha256,
  unmaskedSum,
} from '../../crypto/index.ts'
import { nativeSuite as suite } from '../../daemon/crypto/index.ts'

const bytes = (what: string) => sha256(new TextEncoder().encode(what))
const identities: Identity[] = Array.from({ length: 9 }, (_, rank) =>
  createIdentity(bytes(`node ${rank}`)),
)
const partyOf = (rank: number): Party => ({ rank, id: identities[rank]!.publicKey })
const RECEIVER = 8

function epochOf(rank: number) {
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
}

/** Senders 0 … n − 1 with keys of one epoch, all admitted by each other. */
function senders(count: number) {
  const all = Array.from({ length: count }, (_, rank) => epochOf(rank))
  for (const { keys, self } of all) {
    for (const other of all) {
      if (other.self !== self) keys.admit(other.self, other.keys.announcement.envelope)
    }
  }
  return all
}

const everybody = senders(8)

function sumOf(count: number, round = 0): Sum {
  return {
    runId: bytes('run'),
    round,
    receiver: partyOf(RECEIVER),
    participants: everybody.slice(0, count).map(({ self }) => self),
    indices: bytes('indices'),
    minMaskers: 1,
  }
}

/** All phases of a sum in which the vectors of some get lost. */
function run(sum: Sum, plain: readonly Int32Array<ArrayBuffer>[], lost: readonly number[] = []) {
  const joined = new Map(
    sum.participants.map(({ rank }) => {
      const { keys, self } = everybody[rank]!
      return [rank, join({ suite, keys, self, width: 32 }, sum)]
    }),
  )
  const tags = crossed(new Map([...joined].map(([rank, { tags: own }]) => [rank, own])))
  const sent = new Map(
    [...joined].map(([rank, phase]) => {
      const confirmed = phase.confirm(tags.get(rank)!)
      return [rank, confirmed.mask(plain[rank]!.slice(), bytes(`seed ${rank} ${sum.round}`))]
    }),
  )
  const arrived = [...sent].filter(([rank]) => !lost.includes(rank))
  const survivors = arrived.map(([rank]) => rank)
  const voted = new Map(arrived.map(([rank, phase]) => [rank, phase.vote(survivors)]))
  const votes = crossed(new Map([...voted].map(([rank, phase]) => [rank, phase.votes])))
  const reveals = new Map<number, Reveal>(
    [...voted].map(([rank, phase]) => [rank, phase.reveal(votes.get(rank)!)]),
  )
  const vectors = new Map<number, MaskedVector>(arrived.map(([rank, { vector }]) => [rank, vector]))
  return { vectors, reveals, joined, sent, voted, votes }
}

const word = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, 1, -1),
)

test('the sum is that of the survivors, bit for bit: any words, any order, any losses', () => {
  let round = 10
  const cases = fc.record({
    count: fc.integer({ min: 2, max: 8 }),
    lost: fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
    words: fc.array(word, { minLength: 1, maxLength: 40 }),
    reversed: fc.boolean(),
  })
  fc.assert(
    fc.property(cases, ({ count, lost, words, reversed }) => {
      const gone = lost.filter((rank) => rank < count).slice(0, Math.max(0, count - 2))
      const sum = sumOf(count, round++)
      const plain = sum.participants.map((_, rank) =>
        Int32Array.from(words, (value, i) => Math.imul(value, rank * 7 + i + 1)),
      )
      const { vectors, reveals } = run(sum, plain, gone)
      const arrival = reversed ? new Map([...vectors].reverse()) : vectors
      const expected = new Int32Array(words.length)
      for (const [rank, own] of plain.entries()) {
        if (!gone.includes(rank)) for (let i = 0; i < own.length; i++) expected[i]! += own[i]!
      }
      expect(unmaskedSum(suite, sum, arrival, reveals)).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

describe('a phase is left once', () => {
  const sum = sumOf(3, 5)
  const plain = [1, 2, 3].map((value) => Int32Array.of(value))
  const { joined, sent, voted, votes } = run(sum, plain)

  test('no second vector, vote or reveal', () => {
    expect(() => joined.get(0)!.confirm(new Map())).toThrow(SpentPhaseError)
    expect(() => sent.get(0)!.vote([0, 1])).toThrow(SpentPhaseError)
    expect(() => voted.get(0)!.reveal(votes.get(0)!)).toThrow(SpentPhaseError)
  })

  test('keys of a round that is over are gone', () => {
    const { keys, self } = everybody[0]!
    expect(() => join({ suite, keys, self, width: 32 }, sumOf(3, 4))).toThrow(/are gone/)
  })
})

test('what opens a vector is wiped when its round is over, all other keys of it at once', () => {
  const derived: Uint8Array[] = []
  const watched = {
    ...suite,
    expand(...input: Parameters<typeof suite.expand>) {
      const key = suite.expand(...input)
      derived.push(key)
      return key
    },
  }
  const isWiped = (key: Uint8Array) => key.every((byte) => byte === 0)
  const sum = sumOf(3, 400)
  const tags = run(
    sum,
    [1, 2, 3].map((value) => Int32Array.of(value)),
  ).joined
  const { keys, self } = everybody[0]!
  const joined = join({ suite: watched, keys, self, width: 32 }, sum)
  joined.scores(new Int16Array(4))
  const confirmed = joined.confirm(
    new Map([1, 2].map((rank) => [rank, tags.get(rank)!.tags.get(0)!])),
  )
  expect(derived.every(isWiped)).toBe(true)
  const seed = bytes('a seed')
  const sent = confirmed.mask(Int32Array.of(1), seed)
  // Two streams of each of two pairs.
  expect(derived.filter((key) => !isWiped(key))).toHaveLength(4)
  sent.close()
  expect(derived.every(isWiped)).toBe(true)
  expect(isWiped(seed)).toBe(true)
})

test('a sum that is altered, or not fully opened, is refused', () => {
  const sum = sumOf(3, 500)
  const { vectors, reveals } = run(
    sum,
    [5, 6, 7].map((value) => Int32Array.of(value, value)),
  )
  const one = vectors.get(1)!
  const altered = new Map(vectors).set(1, {
    ...one,
    words: Int32Array.from(one.words, (x) => x + 1),
  })
  expect(() => unmaskedSum(suite, sum, altered, reveals)).toThrow(/fails its checksum/)
  const unopened = new Map([...reveals].filter(([rank]) => rank !== 2))
  expect(() => unmaskedSum(suite, sum, vectors, unopened)).toThrow(/node 2 did not open its mask/)
  const seed = bytes('another seed')
  const wrong = new Map(reveals).set(0, { ...reveals.get(0)!, seed })
  expect(() => unmaskedSum(suite, sum, vectors, wrong)).toThrow(SumRefusedError)
})

test('the checksum is of one run: factors known from another are of no use', () => {
  const sum = sumOf(3, 501)
  const { vectors, reveals } = run(
    sum,
    [5, 6, 7].map((value) => Int32Array.of(value, value)),
  )
  const elsewhere = { ...sum, runId: bytes('another run') }
  expect(() => unmaskedSum(suite, elsewhere, vectors, reveals)).toThrow(/fails its checksum/)
})

test('more participants than classes have bits for are refused as a sum, not as a fault', () => {
  const many = Array.from({ length: 32 }, (_, rank) => ({ rank, id: bytes(`node ${rank}`) }))
  const sets = new Map(many.map(({ rank }) => [rank, Uint32Array.of(rank)]))
  expect(() => classesOf({ ...sumOf(2), participants: many }, sets, 40)).toThrow(SumRefusedError)
})

describe('keys of an epoch', () => {
  test('who comes after its first round is not admitted, as the secret is gone', () => {
    const [, early, late] = senders(3)
    const { keys } = epochOf(0)
    keys.admit(early!.self, early!.keys.announcement.envelope)
    keys.seal()
    keys.admit(early!.self, early!.keys.announcement.envelope)
    expect(() => keys.admit(late!.self, late!.keys.announcement.envelope)).toThrow(
      /node 2 comes after the epoch's first round/,
    )
  })

  test('chains that nothing was sent with move on too', () => {
    const [own] = senders(2)
    own!.keys.moveOn(3)
    expect(() => own!.keys.chainKey(1, 2)).toThrow(/the keys of round 2 are gone/)
    expect(own!.keys.chainKey(1, 3)).toHaveLength(32)
  })
})

describe('the quorum', () => {
  test('two lists of it share an honest node, if s − 1 play in both; two of one fewer need not', () => {
    for (let n = 2; n <= 12; n++) {
      for (let s = 1; s < n; s++) {
        const least = quorum(n, s)
        const honestInTwo = (size: number) => 2 * Math.max(0, size - (s - 1))
        expect(honestInTwo(least)).toBeGreaterThan(n - (s - 1))
        if (least > s + 1) expect(honestInTwo(least - 1)).toBeLessThanOrEqual(n - (s - 1))
        expect(least).toBeGreaterThan(s)
        expect(least).toBeLessThanOrEqual(n)
      }
      expect(quorum(n, n - 1)).toBe(n)
    }
  })
})

describe('membership', () => {
  const rules = { cooldown: 2, lastRound: -1 }
  const QUORUM = 2

  /** Opens rounds of the first epoch with the quorum of 2. */
  const opener = (membership: Membership) => (round: number, participants: readonly number[]) =>
    membership.open(0, round, participants, QUORUM)

  test('shrinks within an epoch, and is let grow by the next', () => {
    const membership = new Membership(rules)
    const open = opener(membership)
    expect(open(0, [1, 2, 3])).toBe(true)
    expect(open(1, [1, 2])).toBe(false)
    expect(() => open(2, [1, 2, 3])).toThrow(/node 3 comes back/)
    expect(open(3, [1, 2])).toBe(true)
    expect(membership.open(1, 10, [1, 2, 3], QUORUM)).toBe(false)
    expect(membership.open(1, 12, [1, 2, 3], QUORUM)).toBe(true)
  })

  test('shrinks once in an epoch, in its roster or by its survivors', () => {
    const membership = new Membership({ ...rules, cooldown: 0 })
    const open = opener(membership)
    open(0, [1, 2, 3, 4])
    expect(membership.mayGoOnWith(0, [1, 2, 3])).toBe(true)
    expect(membership.mayGoOnWith(0, [1])).toBe(false)
    membership.settle(0, [1, 2, 3])
    expect(() => open(1, [1, 2])).toThrow(/left out before in this epoch/)
    expect(membership.mayGoOnWith(0, [1, 2])).toBe(false)
    expect(open(2, [1, 2, 3])).toBe(true)
    expect(() => membership.allow(2, [1, 2])).toThrow(/left out before in this epoch/)
    expect(membership.mayGoOnWith(0, [1, 2, 3])).toBe(true)
    expect(membership.open(1, 25, [1, 2], QUORUM)).toBe(true)
  })

  test('cools down after survivors were fewer, and is never smaller than the quorum', () => {
    const membership = new Membership(rules)
    const open = opener(membership)
    open(0, [1, 2, 3])
    membership.settle(0, [1, 2])
    expect([1, 2, 3].map((round) => open(round, [1, 2]))).toEqual([false, false, true])
    expect(() => membership.settle(3, [1])).toThrow(/1 senders are left where 2 are needed/)
    expect(() => open(4, [2])).toThrow(SumRefusedError)
  })

  test('opens no sum of survivors in the K rounds after one with those that are missing', () => {
    const membership = new Membership(rules)
    const open = opener(membership)
    open(0, [1, 2, 3])
    membership.settle(0, [1, 2, 3])
    for (const [round, gap] of [
      [1, 'one round'],
      [2, '2 rounds'],
    ] as const) {
      expect(open(round, [1, 2, 3])).toBe(true)
      expect(() => membership.allow(round, [1, 2])).toThrow(`vectors are missing ${gap} after`)
    }
    // Nothing was opened: all of them may be summed at any time, and the survivors when K rounds have passed.
    membership.allow(2, [1, 2, 3])
    open(3, [1, 2, 3])
    membership.settle(3, [1, 2])
    expect([4, 5, 6].map((round) => open(round, [1, 2]))).toEqual([false, false, true])
  })

  test('without a cool-down the survivors are summed in any round', () => {
    const membership = new Membership({ ...rules, cooldown: 0 })
    const open = opener(membership)
    for (const [round, ranks] of [
      [1, 2, 3],
      [1, 2],
    ].entries()) {
      open(round, [1, 2, 3])
      membership.settle(round, ranks)
    }
    expect(open(2, [1, 2])).toBe(true)
  })

  test('a process that has forgotten whom it was summed with cools down from its last round on', () => {
    const membership = new Membership({ cooldown: 2, lastRound: 9 })
    expect([10, 11, 12].map((round) => opener(membership)(round, [1, 2]))).toEqual([
      false,
      false,
      true,
    ])
    expect(opener(new Membership({ cooldown: 2, lastRound: 9 }))(20, [1, 2])).toBe(true)
  })
})
