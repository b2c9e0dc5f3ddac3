/** The literal protocol: each sender its own coordinates, thin ones dropped, classes with a missing member left out. */
import { describe, expect, test } from 'vitest'
import { type ShareOptions, shareSchema } from '../../src/sharing/index.ts'
import { literalOwnMix } from '../reference/literal-private-round.ts'
import { complete, type PrivateWorld, privateWorld, type Wire } from '../support/private-world.ts'

const share = shareSchema.parse({ method: 'random-subsampling', budget: 0.5 })
const HELLO = 0
const VECTOR = 4

function world(minMaskers = 1, options: ShareOptions = share, nodes = 4): PrivateWorld {
  return privateWorld({
    neighbours: complete(nodes),
    share: options,
    privacy: { indices: 'own', minMaskers, cooldown: 0 },
  })
}

/** The model of node 0, where the vectors of some neighbours are missing. */
const literal = (
  here: PrivateWorld,
  round: number,
  minMaskers: number,
  missing: readonly number[] = [],
) => literalOwnMix(here, 0, round, { share, minMaskers, missing })

describe.each([1, 2])('with s = %d', (minMaskers) => {
  test('every coordinate with enough contributors is mixed exactly, and no other', () => {
    const here = world(minMaskers)
    for (const round of [0, 1, 2]) {
      const { parameters, privacy } = here.run(round)[0]!
      expect(parameters).toEqual(literal(here, round, minMaskers))
      expect(privacy).toMatchObject({ outcome: 'adopted', survivors: 3 })
      expect(privacy.maskers!.min).toBeGreaterThanOrEqual(minMaskers)
      expect(privacy.droppedShare).toBeGreaterThan(0)
    }
  })
})

test('the share dropped is the chance of too few maskers: 1 − P[Bin(d − 1, α) ≥ s]', () => {
  const here = world(1)
  let dropped = 0
  for (let round = 0; round < 20; round++) dropped += here.run(round)[0]!.privacy.droppedShare
  expect(dropped / 20).toBeGreaterThan(0.2)
  expect(dropped / 20).toBeLessThan(0.3)
})

test('where a vector is missing its classes are left out and the others are exact', () => {
  const here = world(1)
  const wire: Wire = ({ phase, from, to, bytes }) =>
    phase === VECTOR && from === 3 && to === 0 ? null : bytes
  const { parameters, privacy } = here.run(0, wire)[0]!
  expect(parameters).toEqual(literal(here, 0, 1, [3]))
  expect(privacy).toMatchObject({ outcome: 'adopted', survivors: 2 })
  // It is out until the next epoch.
  expect(here.run(1)[0]!.privacy).toMatchObject({ outcome: 'adopted', survivors: 2 })
})

test('a set that the receiver passes on changed makes the others refuse', () => {
  const here = world(1)
  // The receiver hears another set of node 3 than node 3 sends: as if it had made it up.
  const [result] = here.run(0, ({ phase, from, to, bytes }) => {
    if (phase !== HELLO || from !== 3 || to !== 0) return bytes
    const changed = bytes.slice()
    // In the middle of the seed.
    changed[changed.length - 3]! ^= 1
    return changed
  })
  expect(result!.privacy.outcome).toBe('refused')
  expect(result!.parameters).toEqual(here.model(0, 0))
})

test.each(['jwins', 'top-k'])(
  '%s ranks as without masks and goes on from state to state',
  (method) => {
    const here = world(1, shareSchema.parse({ method }))
    const results = here.run(0)
    expect(results.map((result) => result!.privacy.outcome)).toEqual(results.map(() => 'adopted'))
  },
)
