import type { UserModel } from '../../../src/engine/index.ts'

/** The same function as the zoo's `mlp` with one hidden layer of 9 units, on 7 inputs and 5 classes. */
const model: UserModel<'first' | 'firstBias' | 'second' | 'secondBias'> = {
  parameters: {
    first: { shape: [7, 9] },
    firstBias: { shape: [9] },
    second: { shape: [9, 5] },
    secondBias: { shape: [5], initialiser: { kind: 'uniform', bound: 0.1 } },
  },
  forward(tf, { first, firstBias, second, secondBias }, x) {
    const hidden = tf.relu(tf.add(tf.matMul(x, first), firstBias))
    return tf.add(tf.matMul(hidden, second), secondBias)
  },
}

export default model
