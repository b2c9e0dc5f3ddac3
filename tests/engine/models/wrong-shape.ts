import type { UserModel } from '../../../src/engine/index.ts'

/** Two outputs too many. */
const model: UserModel<'weights'> = {
  parameters: { weights: { shape: [7, 7] } },
  forward: (tf, { weights }, x) => tf.matMul(x, weights),
}

export default model
