/** A model as the trainer sees it: parameters in, logits out. */
import type { Tensor, Variable } from '@tensorflow/tfjs'
import { type LayerPlan, planLayers } from '../../model/index.ts'
import { createLayout, type ParameterLayout } from '../../model/parameters.ts'
import type { ModelSource, ModelSpec } from '../../model/spec.ts'
import type { TensorFlow } from './backends/backend.ts'
import { openLayersModel } from './layers-model.ts'
import type { Operations } from './operations.ts'
import { openUserModel } from './user-model.ts'

export interface Network {
  readonly layout: ParameterLayout
  /**
   * Whether all of the network's operations take a node axis. If so, every parameter and input has that axis,
   * also when there is one node only; if not, none has it.
   */
  readonly stackable: boolean
  /** Variables that the network itself holds and reads in `forward`, in the order of the layout. */
  readonly ownVariables?: readonly Variable[]
  /** Inputs [K] × B × …, parameters in the order of the layout → [K] × B × C (classes) or B (ratings). */
  forward(parameters: readonly Tensor[], x: Tensor): Tensor
  dispose(): void
}

export async function createNetwork(
  tf: TensorFlow,
  operations: Operations,
  source: ModelSource,
): Promise<Network> {
  if (source.kind === 'tfjs-layers') return openLayersModel(tf, source)
  if (source.kind === 'module') return openUserModel(tf, source)
  return zooNetwork(tf, operations, source.spec)
}

/** Layers with a node axis; see `Operations`. */
const STACKABLE = new Set(['dense', 'activation', 'flatten'])

function zooNetwork(tf: TensorFlow, operations: Operations, spec: ModelSpec): Network {
  const plans = planLayers(spec)
  const stackable = plans.every(({ layer }) => STACKABLE.has(layer.kind))
  return {
    layout: createLayout(plans.flatMap((plan) => plan.tensors)),
    stackable,
    forward(parameters, x) {
      let used = 0
      return plans.reduce((input, plan) => {
        const own = parameters.slice(used, (used += plan.tensors.length))
        return applyLayer(tf, operations, plan, own, input)
      }, x)
    },
    dispose() {},
  }
}

function applyLayer(
  tf: TensorFlow,
  operations: Operations,
  { layer, inputShape, outputShape }: LayerPlan,
  parameters: readonly Tensor[],
  x: Tensor,
): Tensor {
  const [first, second, third, fourth] = parameters as [Tensor, Tensor, Tensor, Tensor]
  switch (layer.kind) {
    case 'dense':
      return operations.dense(x, first, second, layer.activation ?? 'none')
    case 'conv2d':
      return operations.conv2d(x, first, second, {
        stride: layer.stride ?? 1,
        padding: layer.padding ?? 'same',
        activation: layer.activation ?? 'none',
      })
    case 'group-norm':
      return operations.groupNorm(x, first, second, {
        groups: layer.groups,
        epsilon: layer.epsilon ?? 1e-5,
        activation: layer.activation ?? 'none',
      })
    case 'max-pool':
      return operations.maxPool(x, layer.size)
    case 'activation':
      return layer.activation === 'relu' ? tf.relu(x) : x
    case 'flatten': {
      const leading = x.shape.slice(0, x.rank - inputShape.length)
      return tf.reshape(x, [...leading, ...outputShape])
    }
    case 'embedding':
      return operations.embedding(first, x)
    case 'lstm':
      return operations.lstm(x, first, second, tf.add(third, fourth))
    case 'factorisation': {
      const [users, items] = tf.split(x, 2, 1) as [Tensor, Tensor]
      const products = tf.mul(
        operations.embedding(first, users),
        operations.embedding(second, items),
      )
      return tf.reshape(tf.sum(products, -1), [-1])
    }
  }
}
