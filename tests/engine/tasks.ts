/** Small models with small data: the same code as the large ones, in milliseconds on the slowest backend. */
import type { Examples } from '../../src/data/interface.ts'
import type { LoadedModel, TrainJob } from '../../src/engine/index.ts'
import {
  createModel,
  type DataShape,
  initialParameters,
  type ModelSource,
  modelSchema,
} from '../../src/model/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { images, ratings, text } from '../model/shapes.ts'

export interface Task {
  readonly source: ModelSource
  readonly data: { readonly train: Examples; readonly test: Examples }
}

const EXAMPLES = 40

/** Random inputs; the label of an input of values is mostly told by its first value, so that it can be learnt. */
function examplesOf(
  { input, output, vocabulary }: DataShape,
  seed: number,
  count: number,
): Examples {
  const random = randomStream(seed, 'examples')
  const width = input.shape.reduce((size, length) => size * length, 1)
  const sizeAt = (column: number) => vocabulary![column % vocabulary!.length]!
  const size = count * width
  const inputs =
    input.kind === 'tokens'
      ? Int32Array.from({ length: size }, (_, i) => random.integer(sizeAt(i % width)))
      : Float32Array.from({ length: size }, () => random.normal())
  const labels =
    output.kind === 'rating'
      ? Float32Array.from({ length: count }, () => (1 + random.integer(10)) / 2)
      : Int32Array.from({ length: count }, () => random.integer(output.count))
  if (output.kind === 'classes' && input.kind === 'values') {
    for (let i = 0; i < count; i++) inputs[i * width] = labels[i]! - output.count / 2
  }
  return { count, inputs, inputShape: input.shape, labels }
}

export function task(options: unknown, shape: DataShape, count: number = EXAMPLES): Task {
  const data = { train: examplesOf(shape, 1, count), test: examplesOf(shape, 2, count) }
  return { source: createModel(modelSchema.parse(options), shape), data }
}

/** One of each model of the zoo. */
export const TASKS = {
  mlp: task({ name: 'mlp', hidden: [9] }, images([7], 5)),
  'mlp on images': task({ name: 'mlp', hidden: [] }, images([3, 3, 1], 5)),
  'gn-lenet': task({ name: 'gn-lenet' }, images([8, 8, 3], 10)),
  'femnist-cnn': task({ name: 'femnist-cnn' }, images([8, 8, 1], 12)),
  'char-lstm': task({ name: 'char-lstm', units: 12, embedding: 4 }, text(5, 11)),
  'matrix-factorisation': task({ name: 'matrix-factorisation', rank: 4 }, ratings(13, 17)),
}

export interface JobOptions {
  readonly seed: number
  readonly steps?: number
  readonly batchSize?: number
  readonly rate?: number
  readonly stepsBefore?: number
}

/** A job with parameters and examples of its own. */
export function jobFor(model: LoadedModel, options: JobOptions): TrainJob {
  const { seed, steps = 3, batchSize = 4, rate = 0.05, stepsBefore = 0 } = options
  const random = randomStream(seed, 'job')
  return {
    parameters: initialParameters(model.layout, seed),
    optimiserState: new Float32Array(model.optimiserStateSize),
    stepsBefore,
    examples: Int32Array.from({ length: steps * batchSize }, () => random.integer(EXAMPLES)),
    batchSize,
    learningRates: new Float32Array(steps).fill(rate),
  }
}
