import { describe, expect, test } from 'vitest'
import { ReportLedger } from '../../daemon/services/report-ledger.ts'
import { snapshotOf } from '../../daemon/services/training.ts'
import { type RoundReport, withSketch } from '../../src/learning/index.ts'
import { tinyJob } from '../node/nodes.ts'

const job = tinyJob({ nodes: 2, train: { rounds: 4, lr: 0.1 }, eval: { every: 2 } })

/** What a node says after a round, its model one number. */
function report(rank: number, round: number, model: number | null): RoundReport {
  const plain: RoundReport = {
    round,
    rank,
    trainLoss: 1,
    accuracy: 0.5,
    testLoss: 1,
    bytes: { sent: 0, received: 0, values: 0, indices: 0, overhead: 0 },
    neighbours: { expected: 1, heard: 1, missing: [] },
    seconds: { train: 0, encode: 0, wait: 0, mix: 0, evaluate: 0 },
    elapsed: round + 1,
    neighbourDistance: null,
    caughtUpFrom: null,
  }
  return model === null ? plain : withSketch(job, plain, Float32Array.of(model))
}

/** Consensus distances of the curve's rounds 2 and 4, and at the end. */
function distances(ledger: ReportLedger, isOver = false) {
  const facts = { run: 'r', parameters: 1, nodes: 2, isOver }
  const { curve, consensusDistance } = ledger.result(job, facts)
  return [...curve.map((point) => point.consensusDistance), consensusDistance]
}

const ledgerOf = (...reports: readonly RoundReport[]) => {
  const ledger = new ReportLedger()
  for (const each of reports) ledger.add({ type: 'round', report: each })
  return ledger
}

describe('the consensus distance of a real run', () => {
  test('is known of a round once all have reported it or a later one', () => {
    const ledger = ledgerOf(report(0, 1, 3), report(0, 3, 5), report(1, 1, 1))
    expect(distances(ledger)).toEqual([1, null, null])
    ledger.add({ type: 'round', report: report(1, 3, 1) })
    expect(distances(ledger)).toEqual([1, 2, 2])
  })

  test('is over those that were there, two at least', () => {
    const away = ledgerOf(report(0, 1, 3), report(0, 3, 5), report(1, 3, 1))
    expect(distances(away)).toEqual([null, 2, 2])
    const gone = ledgerOf(report(0, 1, 3), report(0, 3, 5), report(1, 1, 1))
    expect(distances(gone, true)).toEqual([1, null, null])
  })

  test('is unknown where somebody sent no sketch', () => {
    const ledger = ledgerOf(report(0, 1, 3), report(1, 1, null), report(0, 3, 5), report(1, 3, 1))
    expect(distances(ledger)).toEqual([null, 2, 2])
  })
})

test('a model is given away, that of a private run never', () => {
  const state = {
    round: 7,
    parameters: Float32Array.of(1),
    optimiserState: new Float32Array(),
    steps: 1,
    velocity: new Float32Array(),
    sharing: null,
  }
  expect(snapshotOf(job, state)).toEqual({ round: 7, parameters: state.parameters })
  const masked = tinyJob({ nodes: 4, privacy: { secureAggregation: 'cesar' } })
  expect(snapshotOf(masked, state)).toEqual({ round: 7, parameters: null })
})
