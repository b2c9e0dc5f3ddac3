import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isSketch,
  type Job,
  type RoundReport,
  sketchedDistance,
  withSketch,
} from '../../src/learning/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { consensusDistance } from '../../src/numeric/vector.ts'
import { tinyJob } from '../node/nodes.ts'

const job = tinyJob({ eval: { every: 4 } })
const report = (round: number) => ({ round }) as RoundReport
const sketch = (of: Job, parameters: Float32Array, round = 3) =>
  withSketch(of, report(round), parameters).sketch

/** Standard deviation of a squared distance, relative to it, at most. */
const SIGMA = Math.sqrt(2 / 256)

/** Models around a common one, some values further apart than others. */
function modelsAround(seed: number, count: number, size: number, spread: number): Float32Array[] {
  const random = randomStream(seed, 'models')
  const centre = Float32Array.from({ length: size }, () => random.normal())
  const scale = Float32Array.from({ length: size }, () => spread * (0.01 + random.uniform() ** 8))
  return Array.from({ length: count }, () =>
    centre.map((value, i) => value + scale[i]! * random.normal()),
  )
}

describe('the sketched distance', () => {
  test('is the true one, within its standard deviation, for any number, size and spread of models', () => {
    const deviations: number[] = []
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 300, max: 4000 }),
        fc.double({ min: 1e-3, max: 10, noNaN: true }),
        (seed, count, size, spread) => {
          const models = modelsAround(seed, count, size, spread)
          const seeded = { ...job, seed }
          const estimate = sketchedDistance(models.map((model) => sketch(seeded, model)!))
          const deviation = ((estimate / consensusDistance(models)) ** 2 - 1) / SIGMA
          expect(Math.abs(deviation)).toBeLessThan(5)
          deviations.push(deviation)
        },
      ),
      { numRuns: 400, seed: 11 },
    )
    const share = (sigmas: number) =>
      deviations.filter((deviation) => Math.abs(deviation) < sigmas).length / deviations.length
    const mean = deviations.reduce((sum, deviation) => sum + deviation, 0) / deviations.length
    expect(share(3)).toBeGreaterThan(0.985)
    expect(share(1)).toBeGreaterThan(0.66)
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(deviations.length))
  })

  test('of equal models is 0', () => {
    const [model] = modelsAround(1, 1, 1000, 1)
    expect(sketchedDistance([model!, model!, model!].map((one) => sketch(job, one)!))).toBe(0)
  })

  test('draws buckets and signs anew each round, the same on all nodes', () => {
    const [model] = modelsAround(1, 1, 1000, 1)
    expect(sketch(job, model!, 3)).toBe(sketch(job, model!, 3))
    expect(sketch(job, model!, 3)).not.toBe(sketch(job, model!, 7))
    expect(sketch({ ...job, seed: 6 }, model!)).not.toBe(sketch(job, model!))
  })
})

describe('a report', () => {
  const model = Float32Array.of(1, 2, 3)

  test('has a sketch where evaluation is due', () => {
    expect(isSketch(sketch(job, model)!)).toBe(true)
    expect(sketch(job, model, 2)).toBeUndefined()
    expect(sketch(job, model, job.train.rounds - 1)).toBeDefined()
  })

  test('of a private run never has one', () => {
    const masked = tinyJob({
      nodes: 4,
      privacy: { secureAggregation: 'cesar' },
      eval: { every: 4 },
    })
    expect(withSketch(masked, report(3), model)).toEqual(report(3))
  })

  test('has none where the sums are no finite numbers', () => {
    expect(sketch(job, new Float32Array(3000).fill(3e38))).toBeUndefined()
  })
})

test('what is no sketch is told from one', () => {
  const good = sketch(job, Float32Array.of(1, 2, 3))!
  const infinite = Buffer.alloc(1024)
  infinite.writeFloatLE(Number.POSITIVE_INFINITY, 512)
  for (const bad of [
    '',
    good.slice(4),
    `${good}AAAA`,
    `${good.slice(1)}%`,
    infinite.toString('base64url'),
  ]) {
    expect(isSketch(bad)).toBe(false)
  }
})
