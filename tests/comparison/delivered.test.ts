import { describe, expect, test } from 'vitest'
import { deliveredValues } from '../../src/comparison/index.ts'
import { privacySummary, runResult } from '../reporting/runs.ts'
import { smallJob } from '../support/small-job.ts'

const cesar = { 'privacy.secureAggregation': 'cesar' }
const float32 = { share: { method: 'jwins', values: 'float32' } }
const bytes = { perNodePerRound: 900, values: 800, indices: 60, overhead: 40 }

/** Of a run with 800 bytes of values. */
const delivered = (settings: object, result: Partial<Parameters<typeof deliveredValues>[1]> = {}) =>
  deliveredValues(
    smallJob(settings as Parameters<typeof smallJob>[0]),
    runResult({ bytes, ...result }),
  )

describe('values that were mixed in', () => {
  test('are those sent, four bytes each, or those of the ring', () => {
    expect(delivered(float32)).toBe(200)
    const privacy = privacySummary()
    expect(delivered({ ...cesar, 'share.method': 'jwins' }, { privacy })).toBe(200)
    expect(
      delivered({ ...cesar, 'share.method': 'full', 'privacy.ringBits': 16 }, { privacy }),
    ).toBe(400)
  })

  test('are not known where they have no size of their own', () => {
    expect(delivered({ share: { method: 'jwins', values: 'lossless' } })).toBeNull()
    expect(delivered({ 'share.method': 'none' })).toBeNull()
  })

  test('are not known where something may have been lost, or was refused', () => {
    for (const setting of ['loss', 'latency', 'jitter']) {
      expect(delivered({ ...float32, [`emulation.${setting}`]: 0.1 })).toBeNull()
    }
    expect(delivered({ ...float32, 'emulation.churn': { leave: 0.1, rejoin: 0.5 } })).toBeNull()
    expect(delivered(float32, { diverged: [3] })).toBeNull()
    const privacy = privacySummary({ rounds: { adopted: 239, refused: 1, coolingDown: 0 } })
    expect(delivered({ ...cesar, 'share.method': 'jwins' }, { privacy })).toBeNull()
  })
})
