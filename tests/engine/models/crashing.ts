import type { UserModel } from '../../../src/engine/index.ts'

/** Ends its worker when it is given a batch of 3, as a fault in native code would. */
const model: UserModel<'weights'> = {
  parameters: { weights: { shape: [7, 5] } },
  forward(tf, { weights }, x) {
    if (x.shape[0] === 3) process.exit(3)
    return tf.matMul(x, weights)
  },
}

export default model
