import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenBackend, openBackend } from '../../../src/engine/tfjs/choose-backend.ts'
import { draws, expectClose, onCpu, outputAndGradients, type Sample, SEEDS } from './on-backends.ts'

type Draws = ReturnType<typeof draws>
type Case = { inputs: Sample[]; compute: (...inputs: never[]) => tf.Tensor }

/** Stock operations whose kernels or gradients are replaced, completed or borrowed on the wasm backend. */
const CASES: Record<string, (draw: Draws) => Case> = {
  'matrix product with transposes'({ side, flip, normals }) {
    const [m, n, k] = [side(60), side(60), side(600)]
    const [ta, tb] = [flip(), flip()]
    return {
      inputs: [ta ? normals(k, m) : normals(m, k), tb ? normals(n, k) : normals(k, n)],
      compute: (a, b) => tf.matMul(a, b, ta, tb),
    }
  },
  'batched matrix product'({ side, flip, normals }) {
    const [batch, m, n, k] = [side(4), side(30), side(30), side(30)]
    const [ta, tb] = [flip(), flip()]
    const a = ta ? [k, m] : [m, k]
    const b = tb ? [n, k] : [k, n]
    return {
      inputs: [normals(batch, 2, ...a), normals(batch, 2, ...b)],
      compute: (a, b) => tf.matMul(a, b, ta, tb),
    }
  },
  convolution({ side, flip, normals }) {
    const [height, width, channels, filters] = [5 + side(9), 5 + side(9), side(6), side(9)]
    const [strides, padding] = [
      [side(2), side(3)] as [number, number],
      flip() ? 'same' : 'valid',
    ] as const
    return {
      inputs: [
        normals(side(3), height, width, channels),
        normals(side(4), side(5), channels, filters),
      ],
      compute: (x, filter) => tf.conv2d(x, filter, strides, padding),
    }
  },
  'transposed convolution'({ side, normals }) {
    const [images, channels, filters] = [side(3), side(6), side(6)]
    return {
      inputs: [normals(images, 4, 5, channels), normals(3, 3, filters, channels)],
      compute: (x, filter) => tf.conv2dTranspose(x, filter, [images, 8, 10, filters], 2, 'same'),
    }
  },
  gather({ side, normals, integers }) {
    const count = side(12)
    return {
      inputs: [normals(count, side(9)), integers(count, side(9))],
      compute: (table, ids) => tf.gather(table, ids),
    }
  },
  'max pooling'({ side, flip, normals }) {
    const [size, stride, padding] = [1 + side(2), side(3), flip() ? 'same' : 'valid'] as const
    return {
      inputs: [normals(side(3), 5 + side(7), 5 + side(7), side(6))],
      compute: (x) => tf.maxPool(x, size, stride, padding),
    }
  },
  'average pooling'({ side, flip, normals }) {
    const [size, stride, padding] = [1 + side(2), side(3), flip() ? 'same' : 'valid'] as const
    return {
      inputs: [normals(side(3), 5 + side(7), 5 + side(7), side(6))],
      compute: (x) => tf.avgPool(x, size, stride, padding),
    }
  },
  'shapes and reductions'({ side, normals }) {
    const [rows, columns] = [1 + side(6), 1 + side(6)]
    return {
      inputs: [normals(rows, columns), normals(rows, columns)],
      compute: (a: tf.Tensor2D, b: tf.Tensor2D) => {
        const joined = tf.concat(
          [
            tf.transpose(a),
            tf.pad(tf.transpose(b), [
              [0, 1],
              [0, 0],
            ]),
          ],
          0,
        )
        const [top, rest] = tf.split(joined, [1, 2 * columns], 0)
        return tf.mul(
          tf.mean(rest!, 0),
          tf.sum(tf.stack([top!, tf.slice(joined, [1, 0], [1, rows])]), 0),
        )
      },
    }
  },
  'activations and norms'({ side, normals }) {
    const [rows, columns] = [2 + side(6), 1 + side(6)]
    return {
      inputs: [normals(rows, columns), normals(columns), normals(columns)],
      compute: (x: tf.Tensor2D, offset: tf.Tensor1D, scale: tf.Tensor1D) => {
        const { mean, variance } = tf.moments(x, 0)
        const normal = tf.batchNorm2d(x, mean as tf.Tensor1D, tf.add(variance, 0.1), offset, scale)
        const bent = [
          tf.elu,
          tf.sigmoid,
          tf.tanh,
          tf.softplus,
          tf.logSoftmax,
          tf.leakyRelu,
          tf.selu,
        ]
        return tf.addN(bent.map((activation) => activation(normal)))
      },
    }
  },
  'depthwise convolution'({ side, normals }) {
    const channels = side(5)
    return {
      inputs: [normals(2, 7, 6, channels), normals(3, 3, channels, side(2))],
      compute: (x, filter) => tf.depthwiseConv2d(x, filter, 1, 'same'),
    }
  },
  'casting to the same type'({ side, normals }) {
    return {
      inputs: [normals(side(9))],
      compute: (x: tf.Tensor) => tf.add(tf.cast(x, 'float32'), tf.clone(x)),
    }
  },
}

describe('stock operations on the wasm backend', () => {
  let backend: OpenBackend
  beforeAll(async () => {
    backend = await openBackend({ backend: 'wasm', threads: 1, blas: 'off' })
  })
  afterAll(() => backend.dispose())

  it.each(Object.entries(CASES))('%s agrees with the cpu backend', async (name, draw) => {
    for (const seed of SEEDS) {
      const { inputs, compute } = draw(draws(name, seed))
      const found = outputAndGradients(inputs, compute)
      expectClose(found, await onCpu(() => outputAndGradients(inputs, compute)))
    }
  })

  it('falls through to other kernels for what ours do not cover', async () => {
    const { normals, integers } = draws('fall through', 0)
    const tensor = ({ values, shape }: Sample) => tf.tensor(values, shape)
    const [image, filter] = [normals(1, 9, 9, 2), normals(3, 3, 2, 4)]
    const [whole, ids] = [integers(9, 6), integers(4, 6)]
    const results = () => [
      tf.conv2d(tensor(image) as tf.Tensor4D, tensor(filter) as tf.Tensor4D, 1, 'same', 'NHWC', 2),
      tf.unsortedSegmentSum(tensor(whole), tensor(ids) as tf.Tensor1D, 4),
      tf.einsum('ij,kj->ik', tf.ones([2, 3]), tf.ones([4, 3])),
    ]
    const dilated = (all: tf.Tensor[]) => [
      all[0]!.dataSync<'float32'>(),
      all[2]!.dataSync<'float32'>(),
    ]
    expectClose(dilated(results()), await onCpu(() => dilated(results())))
    const integral = () => results()[1]!.dataSync()
    expect(integral()).toEqual(await onCpu(integral))
  })

  it('multiplies matrices without rows, columns or depth', () => {
    expect(tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()).toEqual(new Float32Array(6))
    expect(tf.matMul(tf.zeros([0, 2]), tf.zeros([2, 3])).shape).toEqual([0, 3])
  })

  it('multiplies every matrix of a batch by the same one', async () => {
    const { normals } = draws('shared factor', 0)
    const [a, b] = [normals(5, 4, 3), normals(1, 3, 6)]
    const product = () =>
      tf.matMul(tf.tensor(a.values, a.shape), tf.tensor(b.values, b.shape)).dataSync<'float32'>()
    expectClose([product()], await onCpu(() => [product()]))
  })

  it('shares the memory of a clone until both are gone', () => {
    const before = tf.memory().numDataBuffers
    const original = tf.tensor1d([1, 2, 3])
    const clone = tf.clone(original)
    expect(tf.memory().numDataBuffers).toBe(before + 1)
    original.dispose()
    expect([...clone.dataSync()]).toEqual([1, 2, 3])
    clone.dispose()
    expect(tf.memory().numDataBuffers).toBe(before)
  })

  it('trains a layers model', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [8, 8, 1], activation: 'relu' }),
        tf.layers.batchNormalization(),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.separableConv2d({ filters: 4, kernelSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ],
    })
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' })
    const x = tf.randomNormal([16, 8, 8, 1], 0, 1, 'float32', 3)
    const y = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 16 }, (_, i) => i % 2),
        'int32',
      ),
      2,
    )
    const { history } = await model.fit(x, y, { epochs: 12, batchSize: 16, verbose: 0 })
    const losses = history['loss'] as number[]
    expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!)
    tf.dispose([x, y])
    model.dispose()
  })
})
