import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine, type OptimiserOptions } from '../../src/engine/index.ts'
import { createModel, type DataShape, layoutOf, modelSchema } from '../../src/model/index.ts'
import { images, ratings, text } from '../model/shapes.ts'

/** Written by tests/vectors/torch-losses.py. */
const vectors = JSON.parse(
  readFileSync(new URL('../vectors/torch-losses.json', import.meta.url), 'utf8'),
) as { losses: Record<string, number[]> }

interface Case {
  readonly model: unknown
  readonly shape: DataShape
  readonly batch: number
  readonly rate: number
  readonly optimiser: OptimiserOptions
}

const perceptron = { model: { name: 'mlp', hidden: [9] }, shape: images([7], 5), batch: 4 }

const CASES: Readonly<Record<string, Case>> = {
  'mlp, momentum': {
    ...perceptron,
    rate: 0.1,
    optimiser: { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 },
  },
  'mlp, adam': { ...perceptron, rate: 0.01, optimiser: { kind: 'adam', weightDecay: 0.01 } },
  'gn-lenet': {
    model: { name: 'gn-lenet' },
    shape: images([8, 8, 3], 10),
    batch: 3,
    rate: 0.02,
    optimiser: { kind: 'sgd', momentum: 0.9 },
  },
  'femnist-cnn': {
    model: { name: 'femnist-cnn' },
    shape: images([8, 8, 1], 12),
    batch: 3,
    // Small, because these parameters are large: a rate that throws the loss about magnifies rounding.
    rate: 0.0005,
    optimiser: { kind: 'sgd' },
  },
  'char-lstm': {
    model: { name: 'char-lstm', units: 12, embedding: 4 },
    shape: text(9, 11),
    batch: 4,
    rate: 0.5,
    optimiser: { kind: 'sgd' },
  },
  'matrix-factorisation': {
    model: { name: 'matrix-factorisation', rank: 4 },
    shape: ratings(13, 17),
    batch: 4,
    rate: 0.05,
    optimiser: { kind: 'adam' },
  },
}

/** Lehmer's generator, as in the script. */
function numbers(): () => number {
  let state = 1
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

describe('eight steps of PyTorch', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await createEngine({ backend: 'wasm' })
  })
  afterAll(() => engine.dispose())

  it.each(Object.keys(vectors.losses))('%s has the same losses', async (name) => {
    const expected = vectors.losses[name]!
    const { model: options, shape, batch, rate, optimiser } = CASES[name]!
    const uniform = numbers()
    const source = createModel(modelSchema.parse(options), shape)
    const draw = (length: number, value: (i: number) => number) =>
      Array.from({ length }, (_, i) => value(i))

    if (source.kind !== 'layers') throw new Error('not a zoo model')
    const size = layoutOf(source.spec).size
    let parameters = Float32Array.from(draw(size, () => 0.6 * uniform() - 0.3))

    const count = expected.length * batch
    const width = shape.input.shape.reduce((size, length) => size * length, 1)
    const bounds = shape.vocabulary ?? []
    const inputs =
      shape.input.kind === 'tokens'
        ? Int32Array.from(
            draw(count * width, (i) => Math.floor(uniform() * bounds[i % bounds.length]!)),
          )
        : Float32Array.from(draw(count * width, () => 2 * uniform() - 1))
    const { output } = shape
    const labels =
      output.kind === 'classes'
        ? Int32Array.from(draw(count, () => Math.floor(uniform() * output.count)))
        : Float32Array.from(draw(count, () => (Math.floor(uniform() * 10) + 1) / 2))
    const examples = { count, inputs, inputShape: shape.input.shape, labels }
    const model = await engine.load(source, optimiser, { train: examples, test: examples })

    let optimiserState = new Float32Array(model.optimiserStateSize)
    for (const [step, loss] of expected.entries()) {
      const [result] = await model.train([
        {
          parameters,
          optimiserState,
          stepsBefore: step,
          examples: Int32Array.from(draw(batch, (i) => step * batch + i)),
          batchSize: batch,
          learningRates: Float32Array.of(rate),
        },
      ])
      parameters = new Float32Array(result!.parameters)
      optimiserState = new Float32Array(result!.optimiserState)
      expect(
        Math.abs(result!.loss - loss),
        `step ${step}: ${result!.loss} for ${loss}`,
      ).toBeLessThan(1e-4 * Math.max(1, loss))
    }
    await model.dispose()
  })
})
