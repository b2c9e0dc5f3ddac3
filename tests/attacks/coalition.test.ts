/**
 * Receivers that pool their sums. The check of the graph when a job is loaded (src/topology/isolation.ts) takes for
 * granted that each of them sums all of its neighbours; these are about one that leaves a neighbour out, by a lie or by a
 * lost letter. The same attack is made on senders that do not look at what all of their receivers sum, where it
 * must succeed.
 */
import { expect, test } from 'vitest'
import { type PrivacyOptions, shareSchema } from '../../src/sharing/index.ts'
import { complete, type PrivateWorld, privateWorld, type Wire } from '../support/private-world.ts'

const NODES = 6
const DEGREE = NODES - 1
const VICTIM = 2
/** In an epoch's first round. */
const [CONFIRM, VECTOR] = [2, 4]

interface Pool {
  readonly isChecked?: boolean
  readonly privacy?: Partial<PrivacyOptions>
}

/** Nodes 0 and 1 have the same other neighbours. */
function poolOf({ isChecked = true, privacy = {} }: Pool): PrivateWorld {
  return privateWorld({
    neighbours: complete(NODES),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: 2, ...privacy },
    ports: (_, honest) =>
      isChecked ? honest : { ...honest, roll: { ...honest.roll, exposing: () => [] } },
  })
}

/** In the first round the victim's letter of this phase reaches node 0 only. */
function leftOut(lost: number): Wire {
  return ({ round, phase, from, to, bytes }) =>
    round === 0 && phase === lost && from === VICTIM && to === 1 ? null : bytes
}

type Results = ReturnType<PrivateWorld['run']>

/** How far the difference of the two sums is from the victim's model. */
function errorOf(world: PrivateWorld, round: number, results: Results): number {
  const sumOf = (rank: number) => {
    const { parameters, privacy } = results[rank]!
    const own = world.model(rank, round)
    const weight = 1 / (1 + DEGREE)
    return parameters.map((x, k) => (x - own[k]! * (1 - privacy.survivors * weight)) / weight)
  }
  const [sums, owns] = [[0, 1].map(sumOf), [0, 1].map((rank) => world.model(rank, round))]
  const errors = world.model(VICTIM, round).map((value, k) => {
    const guess = sums[0]![k]! - owns[1]![k]! - (sums[1]![k]! - owns[0]![k]!)
    return Math.abs(guess - value)
  })
  return Math.max(...errors)
}

const outcomes = (results: Results) => results.map((result) => result!.privacy.outcome)
const allAdopted = Array.from({ length: NODES }, () => 'adopted')

test('(19) with s = 2 of 5, two receivers of which one leaves it out have the victim’s model, if senders let them', () => {
  const world = poolOf({ isChecked: false })
  const results = world.run(0, leftOut(VECTOR))
  expect(outcomes(results).slice(0, 2)).toEqual(['adopted', 'adopted'])
  expect(errorOf(world, 0, results)).toBeLessThan(1e-5)
})

test('(19) its senders do not open that sum, say so, and the next round is as any other', () => {
  const world = poolOf({})
  const results = world.run(0, leftOut(VECTOR))
  expect(outcomes(results).slice(0, 2)).toEqual(['adopted', 'refused'])
  expect(errorOf(world, 0, results)).toBeGreaterThan(1)
  for (const sender of [0, 3, 4, 5]) {
    expect(results[sender]!.privacy).toMatchObject({
      refusedReceivers: 1,
      refusals: [expect.stringMatching(/leaves out a node that others sum/)],
    })
  }
  expect(outcomes(world.run(1))).toEqual(allAdopted)
})

test('(19) a node that is left out of a roster: nobody sends to that receiver until it is let in again', () => {
  const epochs = { epochRounds: 6, cooldown: 1 }
  const [careless, careful] = [false, true].map((isChecked) =>
    poolOf({ isChecked, privacy: epochs }),
  )
  let shown = 0
  for (let round = 0; round < 8; round++) {
    const results = careless!.run(round, leftOut(CONFIRM))
    const isBoth = results.slice(0, 2).every((result) => result!.privacy.outcome === 'adopted')
    if (isBoth && errorOf(careless!, round, results) < 1e-5) shown++
  }
  expect(shown).toBeGreaterThan(2)
  for (let round = 0; round < 6; round++) {
    const results = careful!.run(round, leftOut(CONFIRM))
    expect(results[1]!.privacy.outcome).not.toBe('adopted')
    expect(results[0]!.privacy.outcome).toBe('adopted')
  }
  careful!.run(6)
  expect(outcomes(careful!.run(7))).toEqual(allAdopted)
})

test('(19) with s = d − 1 nobody can be left out, and their sums tell nothing apart', () => {
  const world = poolOf({ privacy: { minMaskers: DEGREE - 1 } })
  const results = world.run(0, leftOut(VECTOR))
  expect(results[1]!.privacy.outcome).toBe('refused')
  expect(errorOf(world, 0, results)).toBeGreaterThan(1)
})
