/** TensorFlow.js' plain JavaScript backend: for tests of correctness on tiny models, hundreds of times slower. */
import * as tf from '@tensorflow/tfjs'
import type { LoadedBackend } from './backend.ts'

export async function openCpu(): Promise<LoadedBackend> {
  tf.enableProdMode() // without it a banner on standard error recommends another package
  await tf.setBackend('cpu')
  return { tf, device: 'cpu, plain JavaScript', operations: null, optimisers: null, dispose() {} }
}
