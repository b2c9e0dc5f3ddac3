import { expect, test } from 'vitest'
import { SLOW_MOMENTUM_OF_SUMS } from '../../src/sharing/private/index.ts'
import { steadyJob } from './jobs.ts'
import { record } from './record.ts'
import { apart } from './sums.ts'
import { unmixed } from './unmixing.ts'

/** What the sum of four nodes that deviate independently tells of each, and 0.02. */
const BOUND = 1 / 4 + 0.02

test('(17) sums over index sets of each sender’s own are unmixed over 50 rounds', async () => {
  const trace = await record('own', steadyJob())
  expect(unmixed(apart(trace)).r2).toBeGreaterThan(0.9)
  expect(unmixed(trace).r2).toBeGreaterThan(0.75)
  // More maskers slow it down: fewer combinations of senders occur. Where all must mask, there is but one.
  const withMaskers = (minMaskers: number) =>
    unmixed({ ...trace, job: steadyJob({ 'privacy.minMaskers': minMaskers }) }).r2
  expect(withMaskers(2)).toBeGreaterThan(BOUND + 0.2)
  expect(withMaskers(3)).toBeLessThan(BOUND)
})

test.each([
  ['public-coin', 0],
  ['public-coin', SLOW_MOMENTUM_OF_SUMS],
  ['summed-energy', 0],
  ['summed-energy', SLOW_MOMENTUM_OF_SUMS],
  ['summed-energy', 0.5],
] as const)(
  '(17) %s, slow momentum %d: after 50 rounds the sums still tell no more than one sum does',
  async (mode, slowMomentum) => {
    const trace = await record(mode, steadyJob({ 'train.slowMomentum': slowMomentum }))
    expect(unmixed(trace).r2).toBeLessThanOrEqual(BOUND)
    // The same messages without masks.
    expect(unmixed(apart(trace)).r2).toBeGreaterThan(0.75)
  },
)
