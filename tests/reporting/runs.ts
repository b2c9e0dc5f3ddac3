import type { PrivacySummary } from '../../src/learning/index.ts'
import type { RoundReport } from '../../src/learning/interface.ts'
import type { CurvePoint, RunResult } from '../../src/learning/run-result.ts'

export function curvePoint(round: number, changes: Partial<CurvePoint> = {}): CurvePoint {
  const accuracy = 0.9 - 0.8 * Math.exp(-round / 20)
  return {
    round,
    accuracy,
    accuracyMin: accuracy - 0.05,
    accuracyMax: accuracy + 0.05,
    loss: 2.3 * Math.exp(-round / 30),
    trainLoss: round === 0 ? null : 2.2 * Math.exp(-round / 30),
    bytes: round * 154_000,
    seconds: round * 0.8,
    consensusDistance: 3 / (round + 1),
    ...changes,
  }
}

export function runResult(changes: Partial<RunResult> = {}): RunResult {
  const curve = [0, 10, 20, 30].map((round) => curvePoint(round))
  return {
    run: 'demo',
    nodes: 8,
    rounds: 30,
    seed: 1,
    share: 'full',
    model: { name: 'mlp', parameters: 9610 },
    final: { accuracy: { mean: 0.722, min: 0.671, max: 0.774 }, loss: { mean: 0.846 }, nodes: 8 },
    curve,
    bytes: { perNodePerRound: 154_000, values: 153_760, indices: 0, overhead: 240 },
    consensusDistance: 0.0968,
    wallSeconds: 24.3,
    nodeRoundsPerSecond: 9.88,
    peakRssBytes: 312e6,
    parametersSha256: 'ab'.repeat(32),
    ...changes,
  }
}

export function privacySummary(changes: Partial<PrivacySummary> = {}): PrivacySummary {
  return {
    masked: true,
    rounds: { adopted: 240, refused: 0, coolingDown: 0 },
    maskers: { min: 2, mean: 2 },
    droppedShare: 0,
    clippedShare: 0,
    reasons: [],
    ...changes,
  }
}

export function roundReport(changes: Partial<RoundReport> = {}): RoundReport {
  return {
    round: 11,
    rank: 2,
    trainLoss: 0.48213,
    accuracy: null,
    testLoss: null,
    bytes: { sent: 154_321, received: 115_740, values: 154_000, indices: 0, overhead: 321 },
    neighbours: { expected: 4, heard: 4, missing: [] },
    seconds: { train: 1.203, encode: 0.001, wait: 0.31, mix: 0.002, evaluate: 0 },
    elapsed: 17.5,
    neighbourDistance: 0.25,
    caughtUpFrom: null,
    ...changes,
  }
}
