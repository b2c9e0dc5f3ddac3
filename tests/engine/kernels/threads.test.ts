import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
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
  'network of 5 × 5 filters': {
    inputs: [normals(5, 9, 11, 24), normals(5, 5, 24, 16), normals(16)],
    run: (operations) => (x, filter, bias) =>
      operations.conv2d(x, filter, bias, { stride: 1, padding: 'same', activation: 'relu' }),
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
  /** Of every thread count, every computation's output and gradients. */
  const results: Record<string, Float32Array[]>[] = []
  beforeAll(async () => {
    for (const threads of THREADS) {
      const backend = await openBackend({ backend: 'wasm', threads, blas: 'off' })
      const all = Object.entries(COMPUTATIONS).map(([name, { inputs, run }]) => {
        return [name, outputAndGradients(inputs, run(backend.operations!))]
      })
      results.push(Object.fromEntries(all))
      backend.dispose()
    }
  })

  it.each(Object.keys(COMPUTATIONS))('never show in the bits of a %s', (name) => {
    for (const result of results) expect(result[name]).toEqual(results[0]![name])
  })

  it('let the process end', async () => {
    const file = path.resolve('src/engine/tfjs/choose-backend.ts')
    const program = `
      const { openBackend } = await import(${JSON.stringify(file)})
      const { tf } = await openBackend({ backend: 'wasm', threads: 2, blas: 'off' })
      console.log(tf.matMul(tf.ones([300, 300]), tf.ones([300, 300])).dataSync()[0])`
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
    expect((await child).stdout).toBe('300\n')
  })

  it('leave the listeners of the process alone', async () => {
    const count = () =>
      ['uncaughtException', 'unhandledRejection'].map((name) => process.listenerCount(name))
    const before = count()
    const backend = await openBackend({ backend: 'wasm', threads: 2, blas: 'off' })
    expect(count()).toEqual(before)
    backend.dispose()
  })
})
