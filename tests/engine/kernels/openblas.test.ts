import * as tf from '@tensorflow/tfjs'
import { afterAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../../src/engine/tfjs/choose-backend.ts'
import { findOpenBlas } from '../../../src/engine/tfjs/kernels/openblas.ts'
import { draws, expectClose, outputAndGradients } from './on-backends.ts'

const present = (await findOpenBlas(false, 1)) !== undefined
if (!present) console.warn('skipped: no OpenBLAS on this machine')

describe.skipIf(!present)('OpenBLAS', () => {
  const { normals } = draws('blas', 0)
  const image = [normals(2, 9, 8, 3), normals(3, 3, 3, 6), normals(6)]
  const sequence = [normals(3, 5, 4), normals(4, 20), normals(5, 20), normals(20)]
  afterAll(() => tf.disposeVariables())

  async function compute(blas: 'on' | 'off') {
    const backend = await openBackend({ backend: 'wasm', threads: 1, blas })
    const { conv2d, lstm } = backend.operations!
    const options = { stride: 1, padding: 'same', activation: 'relu' } as const
    const results = [
      ...outputAndGradients(image, (x, w, b) => conv2d(x, w, b, options)),
      ...outputAndGradients(sequence, (x, w, u, b) => lstm(x, w, u, b)),
    ]
    backend.dispose()
    return { device: backend.device, results }
  }

  it('gives what our own products give, and is named in the device', async () => {
    const [linked, own] = [await compute('on'), await compute('off')]
    expect(linked.device).toMatch('OpenBLAS')
    expect(own.device).not.toMatch('OpenBLAS')
    expectClose(linked.results, own.results)
  })
})
