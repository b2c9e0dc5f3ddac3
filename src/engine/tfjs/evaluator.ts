/** Accuracy and loss of given parameters on given examples, and plain predictions. */
import type { Tensor } from '@tensorflow/tfjs'
import type { Examples } from '../../data/interface.ts'
import type { InputSpec, OutputSpec } from '../../model/spec.ts'
import type { EvaluateChunk, EvaluatedChunk } from '../protocol.ts'
import type { TensorFlow } from './backends/backend.ts'
import { BatchReader } from './batch-reader.ts'
import { lossOf } from './loss.ts'
import type { Network } from './network.ts'
import type { Operations } from './operations.ts'
import { ResidentVector } from './resident-vector.ts'
import type { MemoryOf } from './tensor-memory.ts'

/** Examples computed at once: enough to fill the kernels, few enough for the activations of a recurrent model. */
const BATCH = 256

/** Ratings are given in halves of a star. */
const RATINGS_A_STAR = 2

export interface EvaluatorParts {
  readonly tf: TensorFlow
  readonly operations: Operations
  readonly network: Network
  readonly memoryOf: MemoryOf
  readonly input: InputSpec
  readonly output: OutputSpec
  readonly train: Examples
  readonly test: Examples
}

export class Evaluator {
  readonly #parts: EvaluatorParts
  readonly #weights: ResidentVector

  constructor(parts: EvaluatorParts) {
    this.#parts = parts
    const { tf, network, memoryOf } = parts
    const axis = network.stackable ? 1 : null
    const { layout, ownVariables } = network
    this.#weights = new ResidentVector({ tf, layout, memoryOf }, axis, ownVariables)
  }

  evaluate({ nodes, parameters, on, examples }: EvaluateChunk): EvaluatedChunk {
    const { tf, operations, network, input, output } = this.#parts
    const data = this.#parts[on]
    const indices = examples ?? Int32Array.from({ length: data.count }, (_, index) => index)
    const reader = new BatchReader(tf, data, input)
    const correct = new Float64Array(nodes)
    const loss = new Float64Array(nodes)
    for (let start = 0; start < indices.length; start += BATCH) {
      const rows = indices.subarray(start, start + BATCH)
      // Batches outside, nodes inside: a batch is gathered once, and writing a node's parameters is cheap.
      tf.tidy(() => {
        const { x, y } = reader.read(rows, this.#leading(rows.length))
        for (let k = 0; k < nodes; k++) {
          tf.tidy(() => {
            this.#weights.write(parameters, network.layout.size, k * network.layout.size)
            const predicted = network.forward(this.#weights.variables, x)
            const batchLoss = lossOf(tf, operations, output, predicted, y).total.dataSync()[0]!
            loss[k] = loss[k]! + batchLoss * rows.length
            correct[k] = correct[k]! + this.#correct(predicted, rows, data.labels)
          })
        }
      })
    }
    return { correct, loss, count: indices.length }
  }

  /** Logits (classes) or predictions (ratings), row-major. */
  forward(parameters: Float32Array, inputs: Examples['inputs']): Float32Array {
    const { tf, network, input, output, train } = this.#parts
    const width = train.inputShape.reduce((size, length) => size * length, 1)
    const count = inputs.length / width
    const outputs = output.kind === 'classes' ? output.count : 1
    const reader = new BatchReader(
      tf,
      { ...train, count, inputs, labels: new Int32Array(count) },
      input,
    )
    const result = new Float32Array(count * outputs)
    this.#weights.write(parameters, network.layout.size, 0)
    for (let start = 0; start < count; start += BATCH) {
      const size = Math.min(BATCH, count - start)
      const rows = Int32Array.from({ length: size }, (_, index) => start + index)
      tf.tidy(() => {
        const { x } = reader.read(rows, this.#leading(size))
        const predicted = network.forward(this.#weights.variables, x).dataSync() as Float32Array
        result.set(predicted, start * outputs)
      })
    }
    return result
  }

  dispose(): void {
    this.#weights.dispose()
  }

  #leading(size: number): number[] {
    return this.#parts.network.stackable ? [1, size] : [size]
  }

  #correct(predicted: Tensor, rows: Int32Array, labels: Examples['labels']): number {
    const { output } = this.#parts
    const values = predicted.dataSync() as Float32Array
    let correct = 0
    for (let row = 0; row < rows.length; row++) {
      const answer =
        output.kind === 'classes'
          ? largest(values, row * output.count, output.count)
          : nearestRating(values[row]!, output)
      if (answer === labels[rows[row]!]) correct++
    }
    return correct
  }
}

/** Position of the first largest of `count` values from `start` on. */
function largest(values: Float32Array, start: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if (values[start + i]! > values[start + best]!) best = i
  return best
}

function nearestRating(value: number, scale: { minimum: number; maximum: number }): number {
  const rounded = Math.round(value * RATINGS_A_STAR) / RATINGS_A_STAR
  return Math.min(scale.maximum, Math.max(scale.minimum, rounded))
}
