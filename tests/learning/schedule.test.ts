import { describe, expect, it } from 'vitest'
import {
  evaluationExamples,
  isEvaluationDue,
  isTrainingRound,
  type Job,
  learningRate,
} from '../../src/learning/index.ts'
import { smallJob } from '../support/small-job.ts'

const train = (schedule: Job['train']['schedule']): Job['train'] => ({
  ...smallJob({ 'train.rounds': 11, 'train.lr': 0.8 }).train,
  schedule,
})

describe('rounds that train', () => {
  it('are all, or take turns with rounds that only average', () => {
    const rounds = Array.from({ length: 8 }, (_, round) => round)
    const trains = (settings: Record<string, unknown>) => {
      const { train } = smallJob(settings)
      return rounds.map((round) => isTrainingRound(train, round))
    }
    expect(trains({})).toEqual(rounds.map(() => true))
    expect(trains({ 'train.skip': { train: 2, sync: 1 } })).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      true,
    ])
  })
})

describe('learning rates', () => {
  it('stay constant', () => {
    expect([0, 5, 10].map((round) => learningRate(train({ kind: 'constant' }), round))).toEqual([
      0.8, 0.8, 0.8,
    ])
  })

  it('fall in steps', () => {
    const halved = train({ kind: 'step', every: 4, factor: 0.5 })
    expect([0, 3, 4, 8].map((round) => learningRate(halved, round))).toEqual([0.8, 0.8, 0.4, 0.2])
  })

  it('fall along a cosine from lr to the floor', () => {
    const cosine = train({ kind: 'cosine', floor: 0.1 })
    const rates = [0, 5, 10].map((round) => learningRate(cosine, round))
    expect(rates[0]).toBeCloseTo(0.8)
    expect(rates[1]).toBeCloseTo(0.44)
    expect(rates[2]).toBeCloseTo(0.08)
  })

  it('warm up', () => {
    const warmup = train({ kind: 'warmup', rounds: 4 })
    const rates = [0, 1, 3, 9].map((round) => learningRate(warmup, round))
    for (const [i, rate] of [0.2, 0.4, 0.8, 0.8].entries()) expect(rates[i]).toBeCloseTo(rate)
  })
})

describe('evaluation', () => {
  it('is due every so many rounds and after the last', () => {
    const job = smallJob({ 'train.rounds': 11, 'eval.every': 4 })
    const due = Array.from({ length: 11 }, (_, round) => round).filter((r) =>
      isEvaluationDue(job, r),
    )
    expect(due).toEqual([3, 7, 10])
  })

  it('takes the same sample of the test set on every node', () => {
    const job = smallJob({ 'eval.samples': 20 })
    const sample = evaluationExamples(job, 100)!
    expect(new Set(sample).size).toBe(20)
    expect([...sample]).toEqual([...evaluationExamples(job, 100)!])
    expect([...sample]).toEqual([...sample].sort((a, b) => a - b))
    expect(evaluationExamples(job, 20)).toBeUndefined()
  })
})
