/**
 * Which examples a node's local steps use. Epochs without replacement: the node's examples are shuffled, used once
 * each, shuffled anew. The position in that endless sequence is round × localSteps × batch, so that nothing has to
 * be checkpointed and a node that missed rounds is where it would have been.
 */
import { randomStream } from '../numeric/random.ts'

export interface BatchRequest {
  readonly seed: number | string
  readonly rank: number
  readonly round: number
  /** Mini-batch steps of one round (τ). */
  readonly localSteps: number
  /** Examples a mini-batch. */
  readonly batch: number
  /** The node's own examples: indices into the training set. At least one. */
  readonly examples: Int32Array
}

/**
 * `localSteps` × `batch` indices into the training set, one row a step. A batch goes on into the next epoch where
 * one ends within it, and wraps around several where the node has fewer examples than a batch.
 */
export function batchIndices(request: BatchRequest): Int32Array {
  const { seed, rank, round, examples } = request
  if (examples.length === 0) throw new RangeError('batchIndices: a node needs at least one example')
  const indices = new Int32Array(request.localSteps * request.batch)
  const first = round * indices.length
  let epoch = Math.floor(first / examples.length)
  let position = first % examples.length
  for (let filled = 0; filled < indices.length; epoch++, position = 0) {
    const order = randomStream(seed, 'batches', rank, epoch).shuffle(examples.slice())
    const taken = order.subarray(position, position + indices.length - filled)
    indices.set(taken, filled)
    filled += taken.length
  }
  return indices
}
