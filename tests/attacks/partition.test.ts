/**
 * (12, 19) A receiver that has two sums of one round over disjoint lists of its senders. With the sum of everybody that an
 * accomplice has got, they have the one node that is in neither. The same attack is made on senders that are content with s
 * others in a list, where it must succeed.
 */
import { describe, expect, test } from 'vitest'
import {
  addWords,
  applyMasks,
  type ByRank,
  DEFAULT_RING,
  dequantise,
  pairMask,
  type Reveal,
  type Words,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { shareSchema } from '../../src/sharing/index.ts'
import {
  confirmLetter,
  type LetterKind,
  ranksLetter,
  revealLetter,
  rosterLetter,
  tagsLetter,
  vectorLetter,
} from '../../src/sharing/private/letter.ts'
import { liftSelf } from '../support/private-attack.ts'
import {
  complete,
  type PrivateWorld,
  privateWorld,
  SIZE,
  type Wire,
} from '../support/private-world.ts'

/** In an epoch's first round. */
const [ROSTER, CONFIRM, GO, VECTOR, SURVIVORS, VOTE, VOTES, REVEAL] = [1, 2, 3, 4, 5, 6, 7, 8]

/** s */
const MASKERS = 2
const RECEIVER = 0
const ACCOMPLICE = 1
const NOTHING = new Uint8Array(0)

type Group = readonly number[]

interface Partition {
  readonly nodes: number
  /** Two lists of senders, each of them told that there are no others. */
  readonly groups: readonly [Group, Group]
  /** The list that an accomplice in both plays in. A second run with the same secrets is its other part. */
  readonly accomplice?: Group
  readonly splits: 'rosters' | 'survivors'
  /** Whether senders ask for a quorum. */
  readonly isChecked: boolean
}

/** What the receiver has when the round is over, and what everybody's round ended with. */
function attacked({ nodes, groups, accomplice, splits, isChecked }: Partition) {
  const world = privateWorld({
    neighbours: complete(nodes),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: MASKERS, indices: 'public-coin' },
    ports: (_, honest) =>
      isChecked ? honest : { ...honest, roll: { ...honest.roll, quorum: () => MASKERS + 1 } },
  })
  const groupOf = (rank: number) =>
    rank === ACCOMPLICE ? accomplice : groups.find((group) => group.includes(rank))
  const tags = new Map<number, ByRank<Uint8Array>>()
  const vectors = new Map<number, Words>()
  const votes = new Map<number, ByRank<Uint8Array>>()
  const reveals = new Map<number, Reveal>()
  const keep = <T>(into: Map<number, T>, from: number, kind: LetterKind<T>, bytes: Uint8Array) => {
    if (bytes.length > 0) into.set(from, kind.decode(bytes))
  }
  /** What a sender's partners in its group have said to it. */
  const relayed = (said: ByRank<ByRank<Uint8Array>>, group: Group, to: number) =>
    tagsLetter.encode(
      new Map(
        group.flatMap((rank) => {
          const word = said.get(rank)?.get(to)
          return word === undefined ? [] : [[rank, word] as const]
        }),
      ),
    )
  const wire: Wire = ({ phase, from, to, bytes }) => {
    if (to === RECEIVER && bytes.length > 0) {
      if (phase === CONFIRM) tags.set(from, confirmLetter(0).decode(bytes).tags)
      if (phase === VECTOR) vectors.set(from, vectorLetter(32, SIZE).decode(bytes).words)
      if (phase === VOTE) keep(votes, from, tagsLetter, bytes)
      if (phase === REVEAL) keep(reveals, from, revealLetter, bytes)
    }
    const isLie = splits === 'rosters' || phase >= SURVIVORS
    if (from !== RECEIVER || !isLie || ![ROSTER, GO, SURVIVORS, VOTES].includes(phase)) return bytes
    const group = groupOf(to)
    if (group === undefined) return NOTHING
    if (phase === ROSTER) {
      const { announcements } = rosterLetter.decode(bytes)
      return rosterLetter.encode({ participants: group, announcements })
    }
    if (phase === SURVIVORS) return ranksLetter.encode(group)
    return relayed(phase === GO ? tags : votes, group, to)
  }
  const results = world.run(0, wire)
  /** The sum over a list: null unless all of it have opened their masks. */
  const sumOf = (group: Group): Float32Array | null => {
    if (!group.every((rank) => vectors.has(rank) && reveals.has(rank))) return null
    const total = vectors.get(group[0]!)!.slice()
    for (const rank of group.slice(1)) addWords(total, vectors.get(rank)!)
    for (const rank of group) {
      const { seed, pairs } = reveals.get(rank)!
      liftSelf(total, seed)
      for (const [gone, keys] of pairs) {
        const [key, nonce] = [keys.subarray(0, 32), keys.subarray(32, 44)]
        const id = (other: number) => world.roll.keyOf(other)!
        applyMasks(nativeSuite, total, [pairMask({ key, nonce }, id(gone), id(rank))])
      }
    }
    return dequantise(DEFAULT_RING, total)
  }
  return { world, results, sumOf }
}

type Attacked = ReturnType<typeof attacked>

/** The sum of all its neighbours that the accomplice has mixed in. */
function sumOfAccomplice({ world, results }: Attacked): Float32Array {
  const { parameters, privacy } = results[ACCOMPLICE]!
  expect(privacy).toMatchObject({ outcome: 'adopted', survivors: results.length - 1 })
  const weight = 1 / results.length
  const own = world.model(ACCOMPLICE, 0)
  return parameters.map((x, k) => (x - own[k]! * (1 - privacy.survivors * weight)) / weight)
}

/** How far from the victim's model what is left of a sum is without these. */
function errorOf(
  { world }: Attacked,
  victim: number,
  all: Float32Array,
  known: readonly Float32Array[],
): number {
  const model = world.model(victim, 0)
  const errors = all.map((sum, k) => {
    const guess = known.reduce((rest, each) => rest - each[k]!, sum)
    return Math.abs(guess - model[k]!)
  })
  return Math.max(...errors)
}

const refusals = ({ results }: Attacked) => results.map((result) => result!.privacy.refusals)
const model = (world: PrivateWorld, rank: number) => world.model(rank, 0)

describe.each(['rosters', 'survivors'] as const)('%s of 3 and 3 of 8 senders', (splits) => {
  const groups = [
    [2, 3, 4],
    [5, 6, 7],
  ] as const
  const victim = 8

  test('senders that are content with s others give two sums, and the accomplice’s shows who is in neither', () => {
    const attack = attacked({ nodes: 9, groups, splits, isChecked: false })
    const sums = groups.map((group) => attack.sumOf(group)!)
    const known = [model(attack.world, RECEIVER), ...sums]
    expect(errorOf(attack, victim, sumOfAccomplice(attack), known)).toBeLessThan(1e-4)
  })

  test('senders that know their number open neither, and say why', () => {
    const attack = attacked({ nodes: 9, groups, splits, isChecked: true })
    expect(groups.map(attack.sumOf)).toEqual([null, null])
    sumOfAccomplice(attack)
    for (const said of refusals(attack).slice(2, 8)) {
      expect(said).toEqual([expect.stringMatching(/^3 senders are left where 5 are needed/)])
    }
  })
})

describe('an accomplice that is in both of two rosters', () => {
  const groups = [
    [1, 2, 3],
    [1, 4, 5],
  ] as const
  const victim = 6
  const parts = (isChecked: boolean) =>
    groups.map((accomplice) =>
      attacked({ nodes: 7, groups, accomplice, splits: 'rosters', isChecked }),
    )

  test('shows who is in neither, where senders are content with s others', () => {
    const attacks = parts(false)
    const [first] = attacks
    const { world } = first!
    const own = model(world, ACCOMPLICE)
    // It is itself in both sums, and in neither of those that it knows.
    const known = attacks.map((attack, i) => attack.sumOf(groups[i]!)!.map((x, k) => x - own[k]!))
    const all = sumOfAccomplice(first!)
    expect(errorOf(first!, victim, all, [model(world, RECEIVER), ...known])).toBeLessThan(1e-4)
  })

  test('gets no sum where they know that two lists might then be complete', () => {
    for (const [i, attack] of parts(true).entries()) expect(attack.sumOf(groups[i]!)).toBeNull()
  })
})

test('a list of the quorum is served: 5 of 8, and with them the sum of the survivors', () => {
  const world = privateWorld({
    neighbours: complete(9),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: MASKERS, indices: 'public-coin' },
    // What other receivers sum is another matter.
    ports: (_, honest) => ({ ...honest, roll: { ...honest.roll, exposing: () => [] } }),
  })
  const lost = (count: number): Wire => {
    return ({ phase, from, to, bytes }) =>
      phase === VECTOR && to === RECEIVER && from > 8 - count ? null : bytes
  }
  expect(world.run(0, lost(3))[RECEIVER]!.privacy).toMatchObject({
    outcome: 'adopted',
    survivors: 5,
  })
  const other = privateWorld({
    neighbours: complete(9),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: MASKERS, indices: 'public-coin' },
  })
  expect(other.run(0, lost(4))[RECEIVER]!.privacy).toMatchObject({
    outcome: 'refused',
    reason: expect.stringMatching(/^4 senders are left where 5 are needed/),
  })
})
