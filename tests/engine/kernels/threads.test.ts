import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { openBackend } from '../../../src/engine/tfjs/choose-backend.ts'
import type { Operations } from '../../../src/engine/tfjs/operations.ts'
import { draws, outputAndGradients, type Sample } from './on-backends.ts'

const THREADS = [1, 2, 3]

const { normals, integers } = draws('threads', 0)

/** Computations large enough to be shared between threads, with numbers of units that no share divides evenly. */
const COMPUTATIONS: Record<
  string,
  { inputs: Sample[]; run: (operations: Operations) => (...inputs: never[]) => tf.Tensor }
> = {
  'convolutional network': {
    inputs: [
      normals(5, 13, 15, 6),
      normals(5, 5, 6, 20),
      normals(20),
      normals(20),
      normals(20),
      normals(20 * 6 * 7, 10),
      normals(10),
    ],
    run: (operations) => (x, filter, bias, scale, shift, weights, offset) => {
      const options = { stride: 1, padding: 'same', activation: 'relu' } as const
      const features = operations.conv2d(x, filter, bias, options)
      const groups = { groups: 2, epsilon: 1e-5, activation: 'relu' } as const
      const pooled = operations.maxPool(operations.groupNorm(features, scale, shift, groups), 2)
      return operations.dense(tf.reshape(pooled, [5, -1]), weights, offset, 'none')
    },
  },
  'wide layer': {
    inputs: [normals(70, 600), normals(600, 130), normals(130)],
    run: (operations) => (x, w, b) => operations.dense(x, w, b, 'relu'),
  },
  'layer of several nodes': {
    inputs: [normals(7, 8, 60), normals(7, 60, 90), normals(7, 90), integers(90, 7, 8)],
    run: (operations) => (x, w, b, labels) =>
      operations.softmaxCrossEntropy(operations.dense(x, w, b, 'relu'), labels).perNode,
  },
  'recurrent layer': {
    inputs: [normals(5, 9, 7), normals(7, 160), normals(40, 160), normals(160)],
    run: (operations) => (x, w, u, b) => operations.lstm(x, w, u, b),
  },
}

describe('threads', () => {
  it.each(Object.entries(COMPUTATIONS))(
    'never show in the bits of a %s',
    async (_, { inputs, run }) => {
      const results: Float32Array[][] = []
      for (const threads of THREADS) {
        const backend = await openBackend({ backend: 'wasm', threads, blas: 'off' })
        results.push(outputAndGradients(inputs, run(backend.operations!)))
        backend.dispose()
      }
      for (const result of results) expect(result).toEqual(results[0])
    },
  )

  it('leave the listeners of the process alone', async () => {
    const count = () =>
      ['uncaughtException', 'unhandledRejection'].map((name) => process.listenerCount(name))
    const before = count()
    for (const threads of [1, 2])
      (await openBackend({ backend: 'wasm', threads, blas: 'off' })).dispose()
    expect(count()).toEqual(before)
  })
})
