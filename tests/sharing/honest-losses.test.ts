/** What letters that are lost by chance cost a receiver: a round, or a sender until the next epoch. */
import { expect, test } from 'vitest'
import { shareSchema } from '../../src/sharing/index.ts'
import { complete, type PrivateWorld, privateWorld, type Wire } from '../support/private-world.ts'

/** In an epoch's first round, and in any other. */
const [CONFIRM, CONFIRM_LATER] = [2, 1]
const COOLDOWN = 1

function world(nodes: number, minMaskers: number): PrivateWorld {
  return privateWorld({
    neighbours: complete(nodes),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers, cooldown: COOLDOWN, epochRounds: 12, indices: 'public-coin' },
    // What other receivers sum is another matter.
    ports: (_, honest) => ({ ...honest, roll: { ...honest.roll, exposing: () => [] } }),
  })
}

/** The confirmation of a sender to node 0 is lost in a round. */
const lost =
  (from: number, when: number): Wire =>
  (letter) => {
    const confirm = letter.round === 0 ? CONFIRM : CONFIRM_LATER
    const isLost = letter.round === when && letter.phase === confirm && letter.from === from
    return isLost && letter.to === 0 ? null : letter.bytes
  }

const outcome = (here: PrivateWorld, round: number, wire?: Wire) => {
  const { privacy } = here.run(round, wire)[0]!
  return privacy.outcome === 'adopted' ? privacy.survivors : privacy.outcome
}

test('with s = d − 1 nobody can be left out: a lost letter costs its round', () => {
  const here = world(5, 3)
  const rounds = [0, 1, 2, 3].map((round) => outcome(here, round, lost(2, 1)))
  expect(rounds).toEqual([4, 'refused', 4, 4])
})

test('else its sender is left out until the next epoch, and the next loss costs its round', () => {
  const here = world(9, 2)
  expect([0, 1].map((round) => outcome(here, round, lost(2, 1)))).toEqual([8, 'refused'])
  expect([2, 3].map((round) => outcome(here, round))).toEqual(['cooling-down', 7])
  expect([4, 5, 6].map((round) => outcome(here, round, lost(3, 4)))).toEqual(['refused', 7, 7])
  for (let round = 7; round < 12; round++) here.run(round)
  expect([12, 13].map((round) => outcome(here, round))).toEqual(['cooling-down', 8])
})
