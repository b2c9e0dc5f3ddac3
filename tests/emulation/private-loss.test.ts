import { describe, expect, test } from 'vitest'
import { nativeSuite as suite } from '../../daemon/crypto/index.ts'
import type { RoundReport } from '../../src/learning/index.ts'
import { emulateJob } from '../support/emulation.ts'
import { smallJob } from '../support/small-job.ts'

const ROUNDS = 16
const NODES = 12

/** Of all rounds of all nodes, the share in which a sum was adopted. */
async function adopted(seed: number, loss: number): Promise<number> {
  const reports: RoundReport[] = []
  const job = smallJob({
    seed,
    nodes: NODES,
    'topology.degree': 4,
    'train.rounds': ROUNDS,
    'share.method': 'jwins',
    'privacy.secureAggregation': 'cesar',
    'emulation.loss': loss,
  })
  await emulateJob(job, { suite, onReport: (report) => void reports.push(report) })
  const sums = reports.filter(({ privacy }) => privacy?.outcome === 'adopted')
  return sums.length / (ROUNDS * NODES)
}

describe('letters that are lost', () => {
  test('cost those who miss them their sums, and not the whole network its round', async () => {
    const shares: number[] = []
    for (const seed of [3, 5]) shares.push(await adopted(seed, 0.0005))
    expect(Math.min(...shares)).toBeGreaterThan(0.5)
  })
})
