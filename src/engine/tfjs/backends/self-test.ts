/**
 * Proves that a backend computes, and how fast, before it is accepted: the gradients of a tiny convolutional model
 * against constants, and one timed matrix product.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs'
import type { Operations } from '../operations.ts'
import { BackendUnavailableError, type LoadedBackend, type TensorFlow } from './backend.ts'

/** Computed once on the cpu backend: the loss, then Σ gᵢ cos i of each parameter's gradient g. */
const EXPECTED = [5.359141, 16.16424, -20.53619, 17.53356, 2.057614]

/** Relative; wide enough for GPUs that multiply with ten bits of mantissa, far too narrow for a wrong kernel. */
const TOLERANCE = 1e-2

const SIDE = 512
const RUNS = 8

/** Milliseconds: a backend that takes longer gets no second run. */
const SLOW = 100

/** @throws BackendUnavailableError when stock operations, or our own where there are any, compute something else. */
export async function proveGradients({ tf, operations }: LoadedBackend): Promise<void> {
  const forwards = [stockForward(tf), ...(operations === null ? [] : [ownForward(operations)])]
  for (const forward of forwards) {
    const found = await tinyModelGradients(tf, forward)
    if (!found.every(isExpected)) {
      const [wrong, right] = [found, EXPECTED].map((values) =>
        values.map((value) => value.toPrecision(4)).join(', '),
      )
      throw new BackendUnavailableError(`computes wrong gradients: ${wrong} instead of ${right}`)
    }
  }
}

function isExpected(value: number, index: number): boolean {
  const expected = EXPECTED[index]!
  return Math.abs(value - expected) <= TOLERANCE * Math.abs(expected)
}

/** Billions of floating point operations a second, in one product of two 512 × 512 matrices: the fastest of a few. */
export async function measureGflops(tf: TensorFlow): Promise<number> {
  const a = tf.ones([SIDE, SIDE])
  let fastest = Number.POSITIVE_INFINITY
  // The first runs are slow: code is compiled, again and better, while it runs.
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    const c = tf.matMul(a, a)
    await c.data()
    c.dispose()
    fastest = Math.min(fastest, performance.now() - start)
    if (fastest > SLOW) break
  }
  a.dispose()
  return (2 * SIDE ** 3) / fastest / 1e6
}

type Forward = (
  x: Tensor4D,
  filter: Tensor4D,
  filterBias: Tensor1D,
  weights: Tensor,
  bias: Tensor1D,
) => Tensor

function stockForward(tf: TensorFlow): Forward {
  return (x, filter, filterBias, weights, bias) => {
    const features = tf.relu(tf.add(tf.conv2d(x, filter, 1, 'same'), filterBias))
    return tf.add(tf.matMul(tf.reshape(features, [x.shape[0], -1]), weights), bias)
  }
}

function ownForward(operations: Operations): Forward {
  return (x, filter, filterBias, weights, bias) => {
    const options = { stride: 1, padding: 'same', activation: 'relu' } as const
    const features = operations.conv2d(x, filter, filterBias, options)
    return operations.dense(features.reshape([x.shape[0], -1]), weights, bias, 'none')
  }
}

/** The loss and one projection of each parameter's gradient. */
async function tinyModelGradients(tf: TensorFlow, forward: Forward): Promise<number[]> {
  const wave = (shape: number[], frequency: number) =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
        Math.sin(frequency * (i + 1)),
      ),
      shape,
    )
  const x = wave([2, 5, 5, 3], 0.7)
  const parameters = [wave([3, 3, 3, 5], 1.1), wave([5], 0.5), wave([125, 3], 1.7), wave([3], 0.9)]
  const { value, grads } = tf.valueAndGrads((...[filter, filterBias, weights, bias]: Tensor[]) => {
    const logits = forward(
      x as Tensor4D,
      filter as Tensor4D,
      filterBias as Tensor1D,
      weights!,
      bias as Tensor1D,
    )
    return tf.mean(tf.square(logits))
  })(parameters)
  const [loss, ...gradients] = await Promise.all([value, ...grads].map((tensor) => tensor.data()))
  tf.dispose([x, ...parameters, value, ...grads])
  return [loss![0]!, ...gradients.map(project)]
}

function project(gradient: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * Math.cos(i)
  return sum
}
