import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine, type LoadedModel } from '../../src/engine/index.ts'
import { initialParameters } from '../../src/model/index.ts'
import { images, ratings } from '../model/shapes.ts'
import { jobFor, TASKS, task } from './tasks.ts'

const SGD = { kind: 'sgd' } as const

describe.each(['wasm', 'cpu'] as const)('contract of the engine on %s', (backend) => {
  let one: Engine
  let two: Engine
  beforeAll(async () => {
    ;[one, two] = await Promise.all([
      createEngine({ backend, workers: 1 }),
      createEngine({ backend, workers: 2 }),
    ])
  })
  afterAll(() => Promise.all([one.dispose(), two.dispose()]))

  const load = (
    engine: Engine,
    name: keyof typeof TASKS,
    optimiser = SGD as Parameters<Engine['load']>[1],
  ) => engine.load(TASKS[name].source, optimiser, TASKS[name].data)

  it('says what computes', () => {
    expect(one.info).toMatchObject({ backend, gflops: expect.any(Number) })
    expect(one.info.gflops).toBeGreaterThan(0)
  })

  it.each(['mlp', 'mlp on images', 'matrix-factorisation', 'char-lstm'] as const)(
    'gives a job of %s the same bits alone, in company, and on other workers',
    async (name) => {
      const optimiser = { kind: 'adam', weightDecay: 0.01 } as const
      const [small, large] = await Promise.all([
        load(one, name, optimiser),
        load(two, name, optimiser),
      ])
      const seeds = name === 'char-lstm' ? [1, 2, 3] : [1, 2, 3, 4, 5, 6, 7]
      const jobs = [
        ...seeds.map((seed) => jobFor(small, { seed })),
        jobFor(small, { seed: 8, steps: 2 }),
        jobFor(small, { seed: 9, batchSize: 3 }),
        jobFor(small, { seed: 10, stepsBefore: 5 }),
        jobFor(small, { seed: 11, rate: 0.01 }),
      ]
      const together = await small.train(jobs)
      const spread = await large.train(jobs)
      for (const [index, job] of jobs.entries()) {
        const [alone] = await small.train([job])
        expect(together[index], `job ${index} in company`).toEqual(alone)
        expect(spread[index], `job ${index} on two workers`).toEqual(alone)
      }
      await Promise.all([small.dispose(), large.dispose()])
    },
  )

  it('leaves its inputs as they were', async () => {
    const model = await load(one, 'mlp', { kind: 'sgd', momentum: 0.9 })
    const jobs = [jobFor(model, { seed: 1 }), jobFor(model, { seed: 2 })]
    const before = structuredClone(jobs)
    await model.train(jobs)
    await model.evaluate(jobs.map(({ parameters }) => ({ parameters, on: 'test' })))
    expect(jobs).toEqual(before)
    await model.dispose()
  })

  it('one call of six steps equals two of three when the state is carried over', async () => {
    const model = await load(one, 'mlp', { kind: 'adam' })
    const whole = jobFor(model, { seed: 3, steps: 6 })
    const [expected] = await model.train([whole])
    const half = { ...whole, learningRates: whole.learningRates.subarray(0, 3) }
    const [first] = await model.train([{ ...half, examples: whole.examples.subarray(0, 12) }])
    const [second] = await model.train([
      {
        ...half,
        parameters: first!.parameters,
        optimiserState: first!.optimiserState,
        stepsBefore: 3,
        examples: whole.examples.subarray(12),
      },
    ])
    expect(second!.parameters).toEqual(expected!.parameters)
    expect(second!.optimiserState).toEqual(expected!.optimiserState)
    expect((first!.loss + second!.loss) / 2).toBeCloseTo(expected!.loss, 6)
    await model.dispose()
  })

  it('learns', async () => {
    const model = await load(one, 'mlp')
    const job = jobFor(model, { seed: 1, steps: 60, batchSize: 8, rate: 0.2 })
    const [before] = await model.evaluate([{ parameters: job.parameters, on: 'train' }])
    const [trained] = await model.train([job])
    const [after] = await model.evaluate([{ parameters: trained!.parameters, on: 'train' }])
    expect(after!.loss).toBeLessThan(0.7 * before!.loss)
    expect(after!.accuracy).toBeGreaterThan(before!.accuracy)
    await model.dispose()
  })

  it.each(Object.keys(TASKS) as (keyof typeof TASKS)[])(
    'evaluates %s as its predictions say',
    async (name) => {
      const model = await load(one, name)
      const { test } = TASKS[name].data
      const parameters = initialParameters(model.layout, 5)
      const examples = Int32Array.of(3, 1, 4, 1, 5, 9)
      const width = test.inputs.length / test.count
      const inputs = test.inputs.slice(0, 10 * width)
      const predicted = await model.forward(parameters, inputs)
      const [found] = await model.evaluate([{ parameters, on: 'test', examples }])
      const expected = judge(predicted, predicted.length / 10, test.labels, examples)
      expect(found!.count).toBe(6)
      expect(found!.accuracy).toBeCloseTo(expected.accuracy, 10)
      expect(found!.loss).toBeCloseTo(expected.loss, 4)
      await model.dispose()
    },
  )

  it('reads bytes through the affine map of the examples', async () => {
    const bytes = Uint8Array.from({ length: 4 * 6 }, (_, i) => (i * 37) % 256)
    const common = { count: 4, inputShape: [6], labels: Int32Array.of(0, 1, 2, 0) }
    const affine = { scale: 1 / 127.5, offset: -1 }
    const values = Float32Array.from(bytes, (byte) => byte * affine.scale + affine.offset)
    const { source } = task({ name: 'mlp' }, images([6], 3), 4)
    const asBytes = { ...common, inputs: bytes, affine }
    const asValues = { ...common, inputs: values }
    const first = await one.load(source, SGD, { train: asBytes, test: asBytes })
    const second = await one.load(source, SGD, { train: asValues, test: asValues })
    const job = {
      ...jobFor(first, { seed: 1 }),
      examples: Int32Array.from({ length: 12 }, (_, i) => i % 4),
    }
    expect(await first.train([job])).toEqual(await second.train([job]))
    await Promise.all([first.dispose(), second.dispose()])
  })

  it('counts a rating as met when the nearest half star is', async () => {
    const { source } = task({ name: 'matrix-factorisation', rank: 1 }, ratings(1, 4))
    // One user of 1, items of 3.2, 3.3, 9 and −1: predictions 3, 3.5, 5 and 0.5 in half stars of the scale.
    const inputs = Int32Array.of(0, 0, 0, 1, 0, 2, 0, 3)
    const labels = Float32Array.of(3, 3, 5, 0.5)
    const data = { count: 4, inputs, inputShape: [2], labels }
    const model = await one.load(source, SGD, { train: data, test: data })
    const parameters = Float32Array.of(1, 3.2, 3.3, 9, -1)
    const [found] = await model.evaluate([{ parameters, on: 'test' }])
    expect(found!.accuracy).toBe(0.75)
    expect(found!.loss).toBeCloseTo((0.2 ** 2 + 0.3 ** 2 + 4 ** 2 + 1.5 ** 2) / 4, 5)
    await model.dispose()
  })

  it('holds no more tensors after many calls than after the first', async () => {
    for (const name of ['mlp', 'gn-lenet', 'char-lstm', 'matrix-factorisation'] as const) {
      const model = await load(one, name, { kind: 'sgd', momentum: 0.9 })
      const call = async () => {
        const job = jobFor(model, { seed: 1, steps: 1, batchSize: 1 })
        await model.train([job])
        await model.evaluate([
          { parameters: job.parameters, on: 'test', examples: Int32Array.of(0) },
        ])
      }
      await call()
      const before = await model.memory()
      for (let i = 0; i < 5; i++) await call()
      expect(await model.memory(), name).toEqual(before)
      await model.dispose()
    }
  })

  it('gives all tensors of a model back with its disposal', async () => {
    const witness = await load(one, 'mlp')
    const before = await witness.memory()
    const model: LoadedModel = await load(one, 'gn-lenet', { kind: 'adam' })
    await model.train([jobFor(model, { seed: 1, steps: 1 })])
    await model.dispose()
    expect(await witness.memory()).toEqual(before)
    await expect(model.train([])).rejects.toMatchObject({ name: 'EngineDisposedError' })
    await witness.dispose()
  })
})

/** Accuracy and mean loss computed literally, in double precision. */
function judge(
  predicted: Float32Array,
  outputs: number,
  labels: Int32Array | Float32Array,
  examples: Int32Array,
): { accuracy: number; loss: number } {
  let correct = 0
  let loss = 0
  for (const example of examples) {
    const row = [...predicted.subarray(example * outputs, (example + 1) * outputs)]
    const label = labels[example]!
    if (outputs === 1) {
      loss += (row[0]! - label) ** 2
      if (Math.min(5, Math.max(0.5, Math.round(2 * row[0]!) / 2)) === label) correct++
    } else {
      loss += Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - row[label]!), 0))
      if (row.indexOf(Math.max(...row)) === label) correct++
    }
  }
  return { accuracy: correct / examples.length, loss: loss / examples.length }
}
