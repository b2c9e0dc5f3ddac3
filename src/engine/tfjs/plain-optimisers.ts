/** The updates of `InPlaceOptimisers` composed of stock operations, for backends without kernels of our own. */
import type { Tensor, Variable } from '@tensorflow/tfjs'
import type { TensorFlow } from './backends/backend.ts'
import type { InPlaceOptimisers } from './in-place-optimisers.ts'

/** Every tensor handed over for change must be a `Variable`: it is given new values by assignment. */
export function plainOptimisers(tf: TensorFlow): InPlaceOptimisers {
  const set = (variable: Tensor, value: Tensor) => (variable as Variable).assign(value)
  const penalised = (gradient: Tensor, weights: Tensor, weightDecay: number) =>
    weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weights, weightDecay))

  return {
    sgd({ weights, gradient, learningRate, weightDecay, velocity, momentum }) {
      tf.tidy(() => {
        let change = penalised(gradient, weights, weightDecay)
        if (velocity !== null) {
          change = tf.add(tf.mul(velocity, momentum), change)
          set(velocity, change)
        }
        set(weights, tf.sub(weights, tf.mul(change, learningRate)))
      })
    },

    adam(update) {
      const { weights, firstMoment, secondMoment, beta1, beta2, epsilon, step } = update
      tf.tidy(() => {
        const g = penalised(update.gradient, weights, update.weightDecay)
        const m = tf.add(tf.mul(firstMoment, beta1), tf.mul(g, 1 - beta1))
        const v = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(g), 1 - beta2))
        const deviation = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon)
        const rate = update.learningRate / (1 - beta1 ** step)
        set(firstMoment, m)
        set(secondMoment, v)
        set(weights, tf.sub(weights, tf.mul(tf.div(m, deviation), rate)))
      })
    },
  }
}
