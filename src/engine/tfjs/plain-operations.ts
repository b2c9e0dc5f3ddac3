/**
 * The operations composed of stock TensorFlow.js ones: they run, with gradients, on every backend that has the
 * stock kernels, and are the oracle that the fused operations are held to.
 */

import type * as TensorFlow from '@tensorflow/tfjs'
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs'
import type { Activation } from '../../model/spec.ts'
import type { Operations } from './operations.ts'

export function plainOperations(tf: typeof TensorFlow): Operations {
  const activate = (x: Tensor, activation: Activation) => (activation === 'relu' ? tf.relu(x) : x)

  return {
    dense(x, w, b, activation) {
      return activate(tf.add(tf.matMul(x, w), tf.expandDims(b, -2)), activation)
    },

    conv2d(x, w, b, { stride, padding, activation }) {
      const convolved = tf.conv2d(x as Tensor4D, w as Tensor4D, stride, padding)
      return activate(tf.add(convolved, b), activation)
    },

    groupNorm(x, scale, shift, { groups, epsilon, activation }) {
      const [batch, height, width, channels] = x.shape as [number, number, number, number]
      const grouped = tf.reshape(x, [batch, height * width, groups, channels / groups])
      const { mean, variance } = tf.moments(grouped, [1, 3], true)
      const deviation = tf.sqrt(tf.add(variance, epsilon))
      const normal = tf.reshape(tf.div(tf.sub(grouped, mean), deviation), x.shape)
      return activate(tf.add(tf.mul(normal, scale), shift), activation)
    },

    maxPool(x, size) {
      return tf.maxPool(x as Tensor4D, size, size, 'valid')
    },

    embedding(table, ids) {
      return tf.gather(table, ids as TensorFlow.Tensor2D)
    },

    lstm(x, inputWeights, recurrentWeights, bias) {
      const [batch, time, features] = x.shape as [number, number, number]
      const units = recurrentWeights.shape[0]!
      const flat = tf.reshape(x, [batch * time, features])
      const projected = tf.reshape(tf.add(tf.matMul(flat, inputWeights), bias), [
        batch,
        time,
        4 * units,
      ]) as Tensor3D
      let h: Tensor = tf.zeros([batch, units])
      let c: Tensor = tf.zeros([batch, units])
      const outputs: Tensor[] = []
      for (let t = 0; t < time; t++) {
        const now = tf.reshape(tf.slice(projected, [0, t, 0], [batch, 1, 4 * units]), [
          batch,
          4 * units,
        ])
        const gates = tf.split(tf.add(now, tf.matMul(h, recurrentWeights)), 4, 1)
        const [i, f, g, o] = gates as [Tensor, Tensor, Tensor, Tensor]
        c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)))
        h = tf.mul(tf.sigmoid(o), tf.tanh(c))
        outputs.push(h)
      }
      return tf.stack(outputs, 1)
    },

    softmaxCrossEntropy(logits, labels) {
      const classes = logits.shape.at(-1)!
      const nodes = logits.rank === 3 ? logits.shape[0]! : 1
      // The stock wasm kernel gives integers whatever type is asked for.
      const answers = tf.cast(tf.oneHot(tf.cast(labels, 'int32'), classes), 'float32')
      const logLikelihood = tf.sum(tf.mul(tf.logSoftmax(logits), answers), -1)
      const perNode = tf.reshape(tf.neg(tf.mean(logLikelihood, -1)), [nodes]) as TensorFlow.Tensor1D
      return { total: tf.sum(perNode) as TensorFlow.Scalar, perNode }
    },
  }
}
