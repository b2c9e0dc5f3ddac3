import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import type { ModelSource } from '../../src/model/index.ts'
import { images } from '../model/shapes.ts'
import { jobFor, TASKS } from './tasks.ts'

const shape = images([7], 5)
const data = TASKS.mlp.data

function moduleModel(file: string): ModelSource {
  const url = new URL(`./models/${file}`, import.meta.url).href
  return { kind: 'module', url, input: shape.input, output: shape.output }
}

interface LayerConfig {
  readonly class_name: string
  readonly config: Record<string, unknown>
}

function dense(name: string, units: number, config: Record<string, unknown> = {}): LayerConfig {
  return {
    class_name: 'Dense',
    config: { name, units, activation: 'linear', use_bias: true, ...config },
  }
}

/** A `model.json` as Keras writes it, of layers in a row. */
function layersModel(
  layers: readonly LayerConfig[],
  input: number[] = [7],
): Extract<ModelSource, { kind: 'tfjs-layers' }> {
  const [first, ...rest] = layers
  const config = { ...first!.config, batch_input_shape: [null, ...input] }
  const topology = {
    class_name: 'Sequential',
    config: { name: 'tried', layers: [{ ...first!, config }, ...rest] },
  }
  const json = JSON.stringify({
    format: 'layers-model',
    modelTopology: topology,
    weightsManifest: [],
  })
  return {
    kind: 'tfjs-layers',
    json,
    input: { kind: 'values', shape: input },
    output: shape.output,
  }
}

describe.each(['wasm', 'cpu'] as const)('models from files on %s', (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await createEngine({ backend })
  })
  afterAll(() => engine.dispose())

  const load = (source: ModelSource) => engine.load(source, { kind: 'sgd', momentum: 0.9 }, data)

  it.each([
    ['a module', moduleModel('two-layers.ts')],
    ['a layers file', layersModel([dense('first', 9, { activation: 'relu' }), dense('second', 5)])],
  ])('%s is trained and evaluated like the same model of the zoo', async (_, source) => {
    const [model, zoo] = [await load(source), await load(TASKS.mlp.source)]
    expect(model.layout.entries.map((entry) => entry.shape)).toEqual(
      zoo.layout.entries.map((entry) => entry.shape),
    )
    const job = jobFor(zoo, { seed: 1, steps: 5 })
    for (let round = 0; round < 2; round++) {
      const [[found], [expected]] = [await model.train([job]), await zoo.train([job])]
      expect(found!.loss).toBeCloseTo(expected!.loss, 5)
      expectClose(found!.parameters, expected!.parameters)
      expectClose(found!.optimiserState, expected!.optimiserState)
      const evaluated = { parameters: found!.parameters, on: 'test' } as const
      const [[ours], [theirs]] = [
        await model.evaluate([evaluated]),
        await zoo.evaluate([evaluated]),
      ]
      expect(ours!.loss).toBeCloseTo(theirs!.loss, 5)
      expect(ours!.accuracy).toBe(theirs!.accuracy)
    }
    await Promise.all([model.dispose(), zoo.dispose()])
  })

  it('starts the weights of a layers file as Keras does', async () => {
    const model = await load(layersModel([dense('first', 9), dense('second', 5)]))
    expect(model.layout.entries).toMatchObject([
      { name: 'first/kernel', initialiser: { kind: 'uniform', bound: Math.sqrt(6 / 16) } },
      { name: 'first/bias', initialiser: { kind: 'zeros' } },
      { name: 'second/kernel', initialiser: { kind: 'uniform', bound: Math.sqrt(6 / 14) } },
      { name: 'second/bias', initialiser: { kind: 'zeros' } },
    ])
    await model.dispose()
  })

  it('trains convolutions, recurrences and embeddings of a layers file', async () => {
    const model = await load(
      layersModel([
        { class_name: 'Embedding', config: { name: 'letters', input_dim: 9, output_dim: 3 } },
        { class_name: 'LSTM', config: { name: 'memory', units: 4, return_sequences: true } },
        { class_name: 'Conv1D', config: { name: 'window', filters: 3, kernel_size: [2] } },
        { class_name: 'Flatten', config: { name: 'row' } },
        dense('last', 5),
      ]),
    )
    const { train } = data
    const inputs = Float32Array.from(train.inputs, (value) => Math.floor(Math.abs(value)) % 9)
    await model.dispose()
    const examples = { ...train, inputs }
    const again = await engine.load(
      layersModel([
        { class_name: 'Embedding', config: { name: 'letters', input_dim: 9, output_dim: 3 } },
        { class_name: 'LSTM', config: { name: 'memory', units: 4, return_sequences: true } },
        { class_name: 'Conv1D', config: { name: 'window', filters: 3, kernel_size: [2] } },
        { class_name: 'Flatten', config: { name: 'row' } },
        dense('last', 5),
      ]),
      { kind: 'adam' },
      { train: examples, test: examples },
    )
    const job = jobFor(again, { seed: 1, steps: 1 })
    const [result] = await again.train([job])
    for (const { name, offset, size } of again.layout.entries) {
      const moved = result!.parameters.some(
        (value, i) => i >= offset && i < offset + size && value !== job.parameters[i],
      )
      expect(moved, `${name} moved`).toBe(true)
    }
    const before = await again.memory()
    await again.train([job])
    expect(await again.memory()).toEqual(before)
    await again.dispose()
  })

  const dropout = { class_name: 'Dropout', config: { name: 'drop', rate: 0.5 } }
  const batchNorm = { class_name: 'BatchNormalization', config: { name: 'norm' } }
  const softmax = { class_name: 'Softmax', config: { name: 'soft' } }
  it.each<[string, ModelSource, string]>([
    ['dropout', layersModel([dense('first', 9), dropout, dense('last', 5)]), 'Dropout'],
    [
      'batch normalisation',
      layersModel([dense('first', 9), batchNorm, dense('last', 5)]),
      'BatchNormalization',
    ],
    [
      'a softmax activation at its end',
      layersModel([dense('last', 5, { activation: 'softmax' })]),
      'softmax',
    ],
    ['a softmax layer at its end', layersModel([dense('last', 5), softmax]), 'softmax'],
    [
      'a regulariser',
      layersModel([
        dense('last', 5, {
          kernel_regularizer: { class_name: 'L1L2', config: { l1: 0, l2: 0.1 } },
        }),
      ]),
      'weightDecay',
    ],
    [
      'frozen layers',
      layersModel([dense('first', 9, { trainable: false }), dense('last', 5)]),
      'not trainable',
    ],
    ['too many outputs', layersModel([dense('last', 6)]), 'gives 6'],
    ['another input', { ...layersModel([dense('last', 5)], [8]), input: shape.input }, 'takes 8'],
    [
      'text that is no JSON',
      { ...layersModel([dense('last', 5)]), json: 'nothing' },
      'no TensorFlow.js',
    ],
    [
      'an unknown layer',
      layersModel([{ class_name: 'Mystery', config: { name: 'm' } }]),
      'Mystery',
    ],
    ['a module without a model', moduleModel('no-model.ts'), 'must export'],
    ['a module that does not exist', moduleModel('absent.ts'), 'cannot be imported'],
    ['a module with outputs too many', moduleModel('wrong-shape.ts'), '2 × 7'],
  ])('refuses %s, and says so', async (_, source, message) => {
    await expect(load(source)).rejects.toMatchObject({
      name: 'UnsupportedModelError',
      message: expect.stringContaining(message),
    })
  })
})

function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length)
  for (let i = 0; i < found.length; i++) expect(found[i]).toBeCloseTo(expected[i]!, 5)
}
