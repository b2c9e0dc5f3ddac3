/** A learnt point for every class; an input belongs to the nearest. 650 parameters where the job of 01 has 9,610. */
import type { UserModel } from '../../src/engine/index.ts' // a type only: nothing is imported when it runs

const model: UserModel<'centres' | 'sharpness'> = {
  parameters: {
    centres: { shape: [10, 64] },
    sharpness: { shape: [10], initialiser: { kind: 'ones' } },
  },
  /** −½‖x − c‖² for each centre c, without the ‖x‖² that all classes have in common and softmax does not see. */
  forward(tf, { centres, sharpness }, x) {
    const products = tf.matMul(x, centres, false, true)
    const halfSquares = tf.mul(0.5, tf.sum(tf.square(centres), 1))
    return tf.mul(sharpness, tf.sub(products, halfSquares))
  },
}

export default model
