/**
 * Receivers that pool their sums. The check of the graph when a job is loaded (src/topology/isolation.ts) takes for
 * granted that each of them sums all of its neighbours; these are about one that leaves a neighbour out, by a lie or by a
 * lost letter.
 */
import { expect, test } from 'vitest'
import { shareSchema } from '../../src/sharing/index.ts'
import { complete, privateWorld } from '../support/private-world.ts'

const NODES = 6
const DEGREE = NODES - 1
const VICTIM = 2
/** In an epoch's first round: the phase in which vectors are sent. */
const VECTOR = 4

/** Nodes 0 and 1 have the same other neighbours; the victim's vector reaches node 0 only. */
function pooled(minMaskers: number) {
  const world = privateWorld({
    neighbours: complete(NODES),
    share: shareSchema.parse({ method: 'full' }),
    privacy: { minMaskers },
  })
  const results = world.run(0, ({ phase, from, to, bytes }) =>
    phase === VECTOR && from === VICTIM && to === 1 ? null : bytes,
  )
  const sumOf = (rank: number) => {
    const { parameters, privacy } = results[rank]!
    const own = world.model(rank, 0)
    const weight = 1 / (1 + DEGREE)
    return parameters.map((x, k) => (x - own[k]! * (1 - privacy.survivors * weight)) / weight)
  }
  const [sums, owns] = [[0, 1].map(sumOf), [0, 1].map((rank) => world.model(rank, 0))]
  const truth = world.model(VICTIM, 0)
  const errors = truth.map((value, k) => {
    const guess = sums[0]![k]! - owns[1]![k]! - (sums[1]![k]! - owns[0]![k]!)
    return Math.abs(guess - value)
  })
  return { error: Math.max(...errors), outcome: results[1]!.privacy.outcome }
}

test('(19) with s = 2 of 5, two receivers of which one leaves it out subtract their sums and have the victim’s model', () => {
  const { error, outcome } = pooled(2)
  expect(outcome).toBe('adopted')
  expect(error).toBeLessThan(1e-5)
})

test('(19) with s = d − 1 nobody can be left out, and their sums tell nothing apart', () => {
  const { error, outcome } = pooled(DEGREE - 1)
  expect(outcome).toBe('refused')
  expect(error).toBeGreaterThan(1)
})
