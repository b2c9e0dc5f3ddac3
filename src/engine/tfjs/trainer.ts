/** Local steps of K nodes, which are computed in one call where the network takes a node axis. */
import type { Tensor1D } from '@tensorflow/tfjs'
import type { OutputSpec } from '../../model/spec.ts'
import type { TrainChunk, TrainedChunk } from '../protocol.ts'
import type { TensorFlow } from './backends/backend.ts'
import type { Batch, BatchReader } from './batch-reader.ts'
import { lossOf } from './loss.ts'
import type { Network } from './network.ts'
import type { Operations } from './operations.ts'
import type { Optimiser } from './optimiser.ts'
import { ResidentVector } from './resident-vector.ts'
import type { MemoryOf } from './tensor-memory.ts'

export interface TrainerParts {
  readonly tf: TensorFlow
  readonly operations: Operations
  readonly network: Network
  readonly output: OutputSpec
  readonly optimiser: Optimiser
  readonly memoryOf: MemoryOf
  readonly examples: BatchReader
}

export class Trainer {
  readonly #parts: TrainerParts
  /** Kept from call to call: chunks of an emulation are nearly all of one size. */
  #resident: { nodes: number; weights: ResidentVector; moments: readonly ResidentVector[] } | null =
    null

  constructor(parts: TrainerParts) {
    this.#parts = parts
  }

  /** Works on the chunk's own arrays. A network without node axis takes one node a chunk. */
  train(chunk: TrainChunk): TrainedChunk {
    const { layout } = this.#parts.network
    const { nodes, parameters, optimiserState, learningRates, examples, batchSize } = chunk
    const { weights, moments } = this.#residentFor(nodes)
    const stateSize = moments.length * layout.size
    weights.write(parameters, layout.size, 0)
    for (const [m, moment] of moments.entries()) {
      moment.write(optimiserState, stateSize, m * layout.size)
    }

    const steps = learningRates.length
    const batches = stepMajor(examples, nodes, steps, batchSize)
    const losses = new Float64Array(nodes)
    const lossTensors: Tensor1D[] = []
    for (let step = 0; step < steps; step++) {
      const indices = batches.subarray(step * nodes * batchSize, (step + 1) * nodes * batchSize)
      lossTensors.push(this.#step(indices, chunk, step))
    }
    // Only now is anything read back: a read after every step would cost more than a small model's arithmetic.
    for (const tensor of lossTensors) {
      const values = tensor.dataSync()
      for (let k = 0; k < nodes; k++) losses[k] = losses[k]! + values[k]! / steps
      tensor.dispose()
    }
    weights.read(parameters, layout.size, 0)
    for (const [m, moment] of moments.entries()) {
      moment.read(optimiserState, stateSize, m * layout.size)
    }
    return { parameters, optimiserState, losses, diverged: firstDiverged(parameters, losses) }
  }

  dispose(): void {
    this.#resident?.weights.dispose()
    for (const moment of this.#resident?.moments ?? []) moment.dispose()
    this.#resident = null
  }

  #step(indices: Int32Array, chunk: TrainChunk, step: number): Tensor1D {
    const { tf, network, optimiser, examples } = this.#parts
    const { nodes, batchSize } = chunk
    const { weights, moments } = this.#residentFor(nodes)
    const leading = network.stackable ? [nodes, batchSize] : [batchSize]
    return tf.tidy(() => {
      const { losses, gradients } = this.#gradients(examples.read(indices, leading), weights)
      optimiser.step({
        weights: weights.variables,
        gradients,
        moments: moments.map((moment) => moment.variables),
        learningRate: chunk.learningRates[step]!,
        step: chunk.stepsBefore + step + 1,
      })
      return losses
    })
  }

  #gradients({ x, y }: Batch, { variables }: ResidentVector) {
    const { tf, operations, network, output } = this.#parts
    let losses: Tensor1D | undefined
    const { grads } = tf.variableGrads(() => {
      const { total, perNode } = lossOf(tf, operations, output, network.forward(variables, x), y)
      losses = tf.keep(perNode)
      return total
    }, [...variables])
    return { losses: losses!, gradients: variables.map((variable) => grads[variable.name]!) }
  }

  #residentFor(nodes: number) {
    if (this.#resident?.nodes === nodes) return this.#resident
    this.dispose()
    const { tf, network, optimiser, memoryOf } = this.#parts
    const axis = network.stackable ? nodes : null
    const parts = { tf, memoryOf, layout: network.layout }
    this.#resident = {
      nodes,
      weights: new ResidentVector(parts, axis, network.ownVariables),
      moments: Array.from({ length: optimiser.moments }, () => new ResidentVector(parts, axis)),
    }
    return this.#resident
  }
}

/** nodes × steps × batch → steps × nodes × batch. */
function stepMajor(
  examples: Int32Array,
  nodes: number,
  steps: number,
  batchSize: number,
): Int32Array {
  if (nodes === 1) return examples
  const reordered = new Int32Array(examples.length)
  for (let k = 0; k < nodes; k++) {
    for (let step = 0; step < steps; step++) {
      const from = (k * steps + step) * batchSize
      reordered.set(examples.subarray(from, from + batchSize), (step * nodes + k) * batchSize)
    }
  }
  return reordered
}

/** The first node that left the finite numbers, or −1. */
function firstDiverged(parameters: Float32Array, losses: Float64Array): number {
  const size = parameters.length / losses.length
  return losses.findIndex(
    (loss, k) => !Number.isFinite(loss + sumOf(parameters, k * size, (k + 1) * size)),
  )
}

/**
 * A sum is finite if all its terms are: float32 terms cannot overflow it. Two partial sums, because each addition
 * waits for the one before it and this runs over every parameter of every node.
 */
function sumOf(values: Float32Array, start: number, end: number): number {
  let even = 0
  let odd = 0
  for (let i = start; i + 1 < end; i += 2) {
    even += values[i]!
    odd += values[i + 1]!
  }
  return even + odd + (start < end ? values[end - 1]! : 0)
}
