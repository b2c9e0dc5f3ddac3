import { describe, expect, it } from 'vitest'
import {
  CurveCollector,
  parametersDigest,
  type RoundReport,
  runDigest,
} from '../../src/learning/index.ts'

function report(round: number, rank: number, more: Partial<RoundReport> = {}): RoundReport {
  return {
    round,
    rank,
    trainLoss: 1 + rank,
    accuracy: null,
    testLoss: null,
    bytes: { sent: 100, received: 100, values: 80, indices: 5, overhead: 15 },
    neighbours: { expected: 1, heard: 1, missing: [] },
    seconds: { train: 0, encode: 0, wait: 0, mix: 0, evaluate: 0 },
    elapsed: 2 * (round + 1) + rank,
    neighbourDistance: null,
    caughtUpFrom: null,
    ...more,
  }
}

describe('curve', () => {
  it('has a point for each round with an evaluation, means over the nodes evaluated', () => {
    const collector = new CurveCollector()
    collector.add(report(1, 0, { accuracy: 0.5, testLoss: 2 }))
    collector.add(report(1, 1, { accuracy: 0.7, testLoss: 1 }))
    collector.add(report(0, 0))
    collector.add(report(0, 1))
    expect(collector.curve(2, new Map([[1, 0.25]]))).toEqual([
      {
        round: 2,
        accuracy: 0.6,
        accuracyMin: 0.5,
        accuracyMax: 0.7,
        loss: 1.5,
        trainLoss: 1.5,
        bytes: 200,
        seconds: 4.5,
        consensusDistance: 0.25,
      },
    ])
    expect(collector.nodeRounds).toBe(4)
    expect(collector.bytes).toEqual({
      sent: 400,
      received: 400,
      values: 320,
      indices: 20,
      overhead: 60,
    })
  })

  it('is empty before anything was evaluated', () => {
    const collector = new CurveCollector()
    collector.add(report(0, 0))
    expect(collector.curve(1)).toEqual([])
  })
})

describe('digests', () => {
  it('are SHA-256 over little-endian float32, and over all nodes’ digests in their order', () => {
    const one = parametersDigest(Float32Array.of(1, -2))
    // sha256 of the bytes 00 00 80 3f 00 00 00 c0
    expect(Buffer.from(one).toString('hex')).toBe(
      'ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b',
    )
    const two = parametersDigest(Float32Array.of(1))
    expect(runDigest([one, two])).not.toBe(runDigest([two, one]))
  })
})
