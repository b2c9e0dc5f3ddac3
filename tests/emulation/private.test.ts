import { expect, test } from 'vitest'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import type { RoundReport } from '../../src/learning/index.ts'
import { emulateJob } from '../support/emulation.ts'
import { smallJob } from '../support/small-job.ts'

const suite = nativeSuite

const modes = ['public-coin', 'summed-energy'].flatMap((indices) =>
  ['jwins', 'top-k', 'full'].map((method) => ({ indices, method, ringBits: 32 })),
)
const shortModes = [
  { indices: 'public-coin', method: 'full', ringBits: 16 },
  { indices: 'summed-energy', method: 'jwins', ringBits: 16 },
]

test.each([...modes, ...shortModes])(
  '$method by $indices, $ringBits bits: masks change nothing, in any bit',
  async ({ indices, method, ringBits }) => {
    const settings = {
      'model.hidden': [],
      'data.dim': 24,
      'train.rounds': 8,
      'share.method': method,
      'privacy.indices': indices,
      'privacy.ringBits': ringBits,
      'privacy.scoreBlock': 8,
      'privacy.epochRounds': 5,
    }
    const reports: RoundReport[] = []
    const run = (secureAggregation: string) =>
      emulateJob(smallJob({ ...settings, 'privacy.secureAggregation': secureAggregation }), {
        suite,
        onReport: (report) => reports.push(report),
      })
    const { result: masked } = await run('cesar')
    expect(reports.map(({ privacy }) => privacy?.outcome)).toEqual(reports.map(() => 'adopted'))
    const { result: open } = await run('off-same-ring')
    expect(masked.parametersSha256).toBe(open.parametersSha256)
    expect(masked.bytes.values).toBe(open.bytes.values)
    expect(masked.privacy?.maskers).toEqual({ min: 2, mean: 2 })
    expect(masked.privacy?.masked).toBe(true)
    expect(open.privacy).toMatchObject({ masked: false, maskers: null })
  },
)

test('nodes that come and go: nobody gets a model, sums shrink, are refused or are exact', async () => {
  const reports: RoundReport[] = []
  const job = smallJob({
    nodes: 10,
    'topology.degree': 5,
    'train.rounds': 40,
    'share.method': 'top-k',
    'privacy.secureAggregation': 'cesar',
    'privacy.epochRounds': 5,
    'privacy.cooldown': 1,
    'emulation.churn': { leave: 0.03, rejoin: 0.4 },
  })
  const { result } = await emulateJob(job, { suite, onReport: (report) => reports.push(report) })
  expect(reports.every(({ caughtUpFrom }) => caughtUpFrom === null)).toBe(true)
  const outcomes = new Set(reports.map(({ privacy }) => privacy!.outcome))
  expect(outcomes).toEqual(new Set(['adopted', 'refused', 'cooling-down']))
  const survivors = reports.flatMap(({ privacy }) =>
    privacy!.outcome === 'adopted' ? [privacy!.survivors] : [],
  )
  expect(Math.min(...survivors)).toBeGreaterThanOrEqual(3)
  expect(Math.max(...survivors)).toBe(5)
  expect(result.privacy!.rounds.adopted).toBeGreaterThan(result.privacy!.rounds.refused)
  expect(result.privacy!.reasons.length).toBeGreaterThan(0)
}, 60_000)

test('on an irregular graph the weights are put in before the sum', async () => {
  const run = (secureAggregation: string) =>
    emulateJob(
      smallJob({
        'train.rounds': 6,
        'train.slowMomentum': 0.2,
        'share.method': 'full',
        'privacy.secureAggregation': secureAggregation,
        'privacy.minMaskers': 1,
        topology: {
          kind: 'edges',
          edges: [
            ...[
              [0, 1],
              [1, 2],
              [2, 3],
              [3, 4],
              [4, 5],
              [5, 6],
              [6, 7],
              [7, 0],
            ],
            ...[
              [0, 4],
              [1, 5],
              [2, 6],
              [0, 2],
            ],
          ],
        },
      }),
      { suite },
    )
  const [masked, open, clear] = await Promise.all(['cesar', 'off-same-ring', 'off'].map(run))
  expect(masked!.result.parametersSha256).toBe(open!.result.parametersSha256)
  // But for the ring's precision it is plain mixing.
  for (const [rank, parameters] of masked!.parameters.entries()) {
    for (const [k, value] of parameters.entries()) {
      expect(Math.abs(value - clear!.parameters[rank]![k]!)).toBeLessThan(1e-4)
    }
  }
})

test('words of 16 bits, rounded at random, mix about as well', async () => {
  const settings = {
    'train.rounds': 8,
    'share.method': 'full',
    'privacy.secureAggregation': 'cesar',
  }
  const run = (ringBits: number) =>
    emulateJob(smallJob({ ...settings, 'privacy.ringBits': ringBits }), { suite })
  const [long, short] = await Promise.all([32, 16].map(run))
  expect(short!.result.bytes.values).toBe(long!.result.bytes.values / 2)
  expect(short!.result.final.loss!.mean).toBeCloseTo(long!.result.final.loss!.mean, 1)
})
