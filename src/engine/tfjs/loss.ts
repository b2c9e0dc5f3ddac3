import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs'
import type { OutputSpec } from '../../model/spec.ts'
import type { TensorFlow } from './backends/backend.ts'
import type { Operations } from './operations.ts'

export interface Loss {
  /** Sum over nodes; its gradient with respect to one node's parameters is that of the node's own loss. */
  readonly total: Scalar
  /** Mean over the batch, one a node. */
  readonly perNode: Tensor1D
}

/** Mean cross-entropy for classes, mean squared error for ratings. */
export function lossOf(
  tf: TensorFlow,
  operations: Operations,
  output: OutputSpec,
  predicted: Tensor,
  answers: Tensor,
): Loss {
  if (output.kind === 'classes') return operations.softmaxCrossEntropy(predicted, answers)
  const errors = tf.sub(tf.reshape(predicted, answers.shape), answers)
  const total = tf.mean(tf.square(errors)) as Scalar
  return { total, perNode: tf.reshape(total, [1]) }
}
