/** A slow, literal engine for tests of what is built on engines: softmax regression by SGD with momentum, in loops. */
import type { Examples } from '../../src/data/index.ts'
import type {
  Engine,
  EvaluateJob,
  Evaluation,
  LoadedModel,
  TrainJob,
  TrainResult,
} from '../../src/engine/index.ts'
import { layoutOf, type ParameterLayout } from '../../src/model/index.ts'

export interface LinearEngine extends Engine {
  /** Jobs of each `train` call so far. */
  readonly trainCalls: number[]
}

/** Takes `mlp` models with `hidden = []`. */
export function linearEngine(): LinearEngine {
  const trainCalls: number[] = []
  return {
    trainCalls,
    info: { backend: 'cpu', device: 'plain loops', gflops: 0, skipped: [] },
    async load(source, { momentum = 0 }, data) {
      if (source.kind !== 'layers') throw new Error('a linear model is described as layers')
      const layout = layoutOf(source.spec)
      return linearModel(layout, momentum, data, trainCalls)
    },
    async dispose() {},
  }
}

function linearModel(
  layout: ParameterLayout,
  momentum: number,
  data: { train: Examples; test: Examples },
  trainCalls: number[],
): LoadedModel {
  return {
    layout,
    optimiserStateSize: momentum > 0 ? layout.size : 0,
    async train(jobs) {
      trainCalls.push(jobs.length)
      return jobs.map((job) => train(layout, momentum, data.train, job))
    },
    async evaluate(jobs) {
      return jobs.map((job) => evaluate(layout, data[job.on], job))
    },
    async forward() {
      throw new Error('not needed here')
    },
    async memory() {
      return { tensors: 0, bytes: 0 }
    },
    async dispose() {},
  }
}

function train(
  layout: ParameterLayout,
  momentum: number,
  examples: Examples,
  job: TrainJob,
): TrainResult {
  const parameters = job.parameters.slice()
  const velocity = momentum > 0 ? job.optimiserState.slice() : new Float32Array(layout.size)
  const steps = job.learningRates.length
  let loss = 0
  for (let step = 0; step < steps; step++) {
    const batch = job.examples.subarray(step * job.batchSize, (step + 1) * job.batchSize)
    const gradient = new Float64Array(layout.size)
    for (const example of batch) {
      const { input, label, probabilities } = predict(layout, parameters, examples, example)
      const classes = probabilities.length
      loss -= Math.log(probabilities[label]!) / (batch.length * steps)
      probabilities[label]! -= 1
      for (let c = 0; c < classes; c++) {
        for (let i = 0; i < input.length; i++) {
          gradient[i * classes + c]! += (input[i]! * probabilities[c]!) / batch.length
        }
        gradient[input.length * classes + c]! += probabilities[c]! / batch.length
      }
    }
    for (let i = 0; i < parameters.length; i++) {
      velocity[i] = momentum * velocity[i]! + gradient[i]!
      parameters[i]! -= job.learningRates[step]! * velocity[i]!
    }
  }
  return { parameters, optimiserState: momentum > 0 ? velocity : new Float32Array(), loss }
}

function evaluate(layout: ParameterLayout, examples: Examples, job: EvaluateJob): Evaluation {
  const chosen = job.examples ?? Int32Array.from({ length: examples.count }, (_, i) => i)
  let correct = 0
  let loss = 0
  for (const example of chosen) {
    const { label, probabilities } = predict(layout, job.parameters, examples, example)
    if (probabilities.indexOf(Math.max(...probabilities)) === label) correct++
    loss -= Math.log(probabilities[label]!)
  }
  return { accuracy: correct / chosen.length, loss: loss / chosen.length, count: chosen.length }
}

/** Weights lie as inputs × classes, then one bias a class. */
function predict(
  layout: ParameterLayout,
  parameters: Float32Array,
  examples: Examples,
  example: number,
) {
  const size = examples.inputs.length / examples.count
  const classes = layout.size / (size + 1)
  const input = examples.inputs.subarray(example * size, (example + 1) * size)
  const scores = Float64Array.from({ length: classes }, (_, c) => {
    let score = parameters[size * classes + c]!
    for (let i = 0; i < size; i++) score += input[i]! * parameters[i * classes + c]!
    return score
  })
  const largest = Math.max(...scores)
  const exponentials = scores.map((score) => Math.exp(score - largest))
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return {
    input,
    label: examples.labels[example]!,
    probabilities: exponentials.map((value) => value / sum),
  }
}
