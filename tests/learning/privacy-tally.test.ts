import { expect, test } from 'vitest'
import { PrivacyTally } from '../../src/learning/privacy-tally.ts'
import type { PrivacyReport } from '../../src/sharing/interface.ts'

const report = (changes: Partial<PrivacyReport>): PrivacyReport => ({
  outcome: 'adopted',
  reason: null,
  survivors: 3,
  maskers: { min: 2, mean: 2 },
  droppedShare: 0,
  clippedShare: 0,
  refusedReceivers: 0,
  refusals: [],
  ...changes,
})

const waiting = report({
  outcome: 'refused',
  reason: 'it waits',
  survivors: 0,
  maskers: null,
  refusals: ['it waits', 'others too'],
})

test('nothing private has no summary', () => {
  expect(new PrivacyTally().summary()).toBeUndefined()
})

test('rounds that sent nothing lower no share', () => {
  const tally = new PrivacyTally()
  tally.add(report({ droppedShare: 0.4, clippedShare: 0.2 }), 100)
  tally.add(report({ droppedShare: 0.2, clippedShare: 0 }), 300)
  for (let round = 0; round < 6; round++) tally.add(waiting, 0)
  const summary = tally.summary()!
  expect(summary.rounds).toEqual({ adopted: 2, refused: 6, coolingDown: 0 })
  expect(summary.droppedShare).toBeCloseTo(0.3)
  // A fifth of a quarter of all values.
  expect(summary.clippedShare).toBeCloseTo(0.05)
})

test('a round in which all was dropped counts', () => {
  const tally = new PrivacyTally()
  tally.add(report({ droppedShare: 0.5 }), 100)
  tally.add(report({ outcome: 'refused', maskers: null, droppedShare: 1 }), 0)
  expect(tally.summary()!.droppedShare).toBeCloseTo(0.75)
})

test('without a sum there are no maskers, and no share of nothing', () => {
  const tally = new PrivacyTally()
  tally.add(waiting, 0)
  expect(tally.summary()).toEqual({
    rounds: { adopted: 0, refused: 1, coolingDown: 0 },
    maskers: null,
    droppedShare: 0,
    clippedShare: 0,
    reasons: [
      { reason: 'it waits', rounds: 2 },
      { reason: 'others too', rounds: 1 },
    ],
  })
})
