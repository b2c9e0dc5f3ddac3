import type { Tensor } from '@tensorflow/tfjs'
import type { Examples } from '../../data/interface.ts'
import type { InputSpec } from '../../model/spec.ts'
import type { TensorFlow } from './backends/backend.ts'

export interface Batch {
  /** `leading` × input shape: float32 values, or int32 tokens. */
  readonly x: Tensor
  /** `leading`: int32 classes, or float32 ratings. */
  readonly y: Tensor
}

/** Gathers examples by index and makes tensors of them. */
export class BatchReader {
  readonly #tf: TensorFlow
  readonly #examples: Examples
  readonly #tokens: boolean
  readonly #width: number
  /** What each byte of a `Uint8Array` input means to the model. */
  readonly #meanings: Float32Array | null

  constructor(tf: TensorFlow, examples: Examples, input: InputSpec) {
    this.#tf = tf
    this.#examples = examples
    this.#tokens = input.kind === 'tokens'
    this.#width = examples.inputShape.reduce((size, length) => size * length, 1)
    const { scale, offset } = examples.affine ?? { scale: 1, offset: 0 }
    const bytes = examples.inputs instanceof Uint8Array && !this.#tokens
    this.#meanings = bytes ? Float32Array.from({ length: 256 }, (_, v) => v * scale + offset) : null
  }

  /** The caller disposes both tensors. `leading` multiplies to `indices.length`. */
  read(indices: Int32Array, leading: readonly number[]): Batch {
    const { labels, inputShape } = this.#examples
    const answers =
      labels instanceof Int32Array
        ? new Int32Array(indices.length)
        : new Float32Array(indices.length)
    for (let row = 0; row < indices.length; row++) answers[row] = labels[indices[row]!]!
    return {
      x: this.#tf.tensor(this.#gather(indices), [...leading, ...inputShape]),
      y: this.#tf.tensor(answers, [...leading]),
    }
  }

  #gather(indices: Int32Array): Float32Array | Int32Array {
    const { inputs, affine } = this.#examples
    const width = this.#width
    const size = indices.length * width
    const gathered = this.#tokens ? new Int32Array(size) : new Float32Array(size)
    const meanings = this.#meanings
    for (let row = 0; row < indices.length; row++) {
      const from = indices[row]! * width
      const to = row * width
      if (meanings === null) gathered.set(inputs.subarray(from, from + width), to)
      else for (let i = 0; i < width; i++) gathered[to + i] = meanings[inputs[from + i]!]!
    }
    if (meanings === null && affine !== undefined && !this.#tokens) {
      for (let i = 0; i < size; i++) gathered[i] = gathered[i]! * affine.scale + affine.offset
    }
    return gathered
  }
}
