import { expect, test } from 'vitest'
import { formatPrivacy } from '../../daemon/cli/format-privacy.ts'

const quiet = {
  masked: true,
  rounds: { adopted: 48, refused: 0, coolingDown: 0 },
  maskers: { min: 2, mean: 2 },
  droppedShare: 0,
  clippedShare: 0,
  reasons: [],
}

test('a run without trouble says who masked whom, and no more', () => {
  expect(formatPrivacy(quiet)).toBe(
    'each contribution was masked by 2.00 others on average, 2 at least; ' +
      '48 sums adopted, 0 refused, 0 skipped after a change',
  )
})

test('what was refused, dropped or cut is said with the most frequent reason', () => {
  const text = formatPrivacy({
    ...quiet,
    rounds: { adopted: 3, refused: 2, coolingDown: 1 },
    maskers: { min: 1, mean: 1.5 },
    droppedShare: 0.436,
    clippedShare: 0.01,
    reasons: [
      { reason: 'the sum fails its checksum', rounds: 2 },
      { reason: 'another', rounds: 1 },
    ],
  })
  expect(text).toMatch(/3 sums adopted, 2 refused, 1 skipped/)
  expect(text).toMatch(/43.6 % of the values dropped for too few maskers/)
  expect(text).toMatch(/1.0 % of the values cut/)
  expect(text).toMatch(/mostly because the sum fails its checksum$/)
})

test('a comparison without masks does not look private', () => {
  const open = { ...quiet, masked: false, maskers: null }
  expect(formatPrivacy(open)).toMatch(/^masks are off: neighbours see/)
})

test('a masked run that adopted no sum does not look open', () => {
  const text = formatPrivacy({
    ...quiet,
    rounds: { adopted: 0, refused: 40, coolingDown: 8 },
    maskers: null,
    reasons: [{ reason: 'too few senders are left', rounds: 40 }],
  })
  expect(text).toBe(
    'nothing was sent unmasked; 0 sums adopted, 40 refused, 8 skipped after a change; ' +
      'mostly because too few senders are left',
  )
})
