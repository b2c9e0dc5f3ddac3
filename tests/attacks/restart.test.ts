/** (14, 18) All senders of a receiver start anew when a neighbour has gone: a cool-down is not forgotten by that. */
import { expect, test } from 'vitest'
import { shareSchema } from '../../src/sharing/index.ts'
import type { PrivatePorts } from '../../src/sharing/private/interface.ts'
import { complete, privateWorld } from '../support/private-world.ts'

const NODES = 5
const GOES = 4
const COOLDOWN = 5

/** Rounds from the last sum of four to the first of three. */
function gap(ports?: (honest: PrivatePorts) => PrivatePorts): number {
  const world = privateWorld({
    neighbours: complete(NODES),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers: 1, cooldown: COOLDOWN, epochRounds: 2, indices: 'public-coin' },
    ports: (_, honest) => ports?.(honest) ?? honest,
  })
  for (const round of [0, 1]) expect(world.run(round)[0]!.privacy.survivors).toBe(4)
  for (let rank = 0; rank < GOES; rank++) world.restart(rank)
  for (let round = 2; ; round++) {
    const [result] = world.run(round, undefined, (rank) => rank !== GOES)
    if (result!.privacy.outcome === 'adopted') return round - 1
    expect(result!.privacy.outcome).toBe('cooling-down')
  }
}

test('processes that know nothing of earlier rounds sum the rest at once', () => {
  const forgetful = { lastRound: -1, claim: () => {} }
  expect(gap((honest) => ({ ...honest, journal: forgetful }))).toBe(1)
})

test('those with a journal wait for K rounds', () => {
  expect(gap()).toBe(COOLDOWN + 1)
})
