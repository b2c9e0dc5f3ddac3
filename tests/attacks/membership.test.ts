import { describe, expect, test } from 'vitest'
import { memorisingJob } from './jobs.ts'
import { membershipAttack } from './membership.ts'
import { record } from './record.ts'
import { apart } from './sums.ts'
import { unmixed } from './unmixing.ts'

const DEGREE = 3

const job = memorisingJob()

describe('(21) own index sets', async () => {
  const trace = await record('own', job)

  test('a neighbour’s message by itself is linked to its training set, and tells its examples', async () => {
    const { linked, attributed, member } = await membershipAttack(apart(trace))
    expect(linked).toBeGreaterThan(0.8)
    expect(attributed).toBeGreaterThan(0.6)
    expect(member).toBeGreaterThan(0.8)
  })

  test('one round’s sum is nobody’s, but what is unmixed over rounds is linked again', async () => {
    const once = await membershipAttack(trace)
    expect(once.linked).toBeCloseTo(1 / DEGREE)
    const overRounds = await membershipAttack(trace, unmixed(trace).models)
    expect(overRounds.linked).toBeGreaterThan(0.9)
    expect(overRounds.attributed).toBeGreaterThan(0.7)
  })
})

describe.each(['public-coin', 'summed-energy'] as const)('(21) %s', (mode) => {
  test('sums are linked to nobody, also over rounds, and examples to no one of the senders', async () => {
    const trace = await record(mode, job)
    for (const models of [undefined, unmixed(trace).models]) {
      const { linked, attributed, member } = await membershipAttack(trace, models)
      expect(linked).toBeCloseTo(1 / DEGREE, 1)
      expect(Math.abs(attributed - 0.5)).toBeLessThan(0.02)
      // That somebody among them trained on an example is in the sum, as it is in the model that all of them learn.
      expect(member).toBeGreaterThan(0.6)
    }
    const open = apart(trace)
    expect((await membershipAttack(open, unmixed(open).models)).linked).toBeGreaterThan(0.9)
  })
})
