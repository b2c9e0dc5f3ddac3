/** The same computation on two backends, from the same random numbers. */
import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { type RandomStream, randomStream } from '../../../src/numeric/random.ts'

export interface Sample {
  readonly shape: number[]
  readonly values: Float32Array | Int32Array
}

export const SEEDS = Array.from({ length: 8 }, (_, seed) => seed)

/** Draws of one case. `side` is 1 … `most`, so that odd sizes and sizes below a vector's four lanes are common. */
export function draws(label: string, seed: number) {
  const stream = randomStream(seed, label)
  return {
    side: (most: number) => 1 + stream.integer(most),
    flip: () => stream.integer(2) === 1,
    normals: (...shape: number[]): Sample => normals(stream, shape),
    integers: (bound: number, ...shape: number[]): Sample => ({
      shape,
      values: Int32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
        stream.integer(bound),
      ),
    }),
  }
}

function normals(stream: RandomStream, shape: number[]): Sample {
  return {
    shape,
    values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
  }
}

type Computation = (...inputs: never[]) => tf.Tensor

/** The output, and the gradient of a fixed projection of it by every real input, on the current backend. */
export function outputAndGradients(
  inputs: readonly Sample[],
  compute: Computation,
): Float32Array[] {
  return tf.tidy(() => {
    const tensors = inputs.map(({ values, shape }) => tf.tensor(values, shape))
    const real = tensors.filter(({ dtype }) => dtype === 'float32')
    let values!: Float32Array
    const gradients = tf.grads(() => {
      const output = compute(...(tensors as never[]))
      values = output.dataSync<'float32'>()
      const projection = Float32Array.from(values, (_, i) => Math.cos(i))
      return tf.sum(tf.mul(output, tf.tensor(projection, output.shape)))
    })(real)
    return [values, ...gradients.map((tensor) => tensor.dataSync<'float32'>())]
  })
}

/** On the plain cpu backend, leaving wasm as the current one. */
export async function onCpu<T>(compute: () => T): Promise<T> {
  await tf.setBackend('cpu')
  try {
    return compute()
  } finally {
    await tf.setBackend('wasm')
  }
}

/** Relative to the largest value of the same tensor. */
export function expectClose(
  found: Float32Array[],
  expected: Float32Array[],
  tolerance = 1e-4,
): void {
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length))
  for (const [i, values] of expected.entries()) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    const worst = values.reduce(
      (most, value, j) => Math.max(most, Math.abs(value - found[i]![j]!)),
      0,
    )
    expect(worst / largest, `result ${i}`).toBeLessThan(tolerance)
    expect(found[i]!.every(Number.isFinite)).toBe(true)
  }
}
