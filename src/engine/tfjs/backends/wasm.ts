/**
 * The backend for machines without libtensorflow: TensorFlow.js' wasm backend with kernels of our own in place of
 * those it lacks or has slowly, on one thread or several, and OpenBLAS for matrix products where wanted.
 */
import * as tf from '@tensorflow/tfjs'
import { fusedOperations } from '../fused-operations.ts'
import { fusedOptimisers } from '../fused-optimisers.ts'
import { compileKernels } from '../kernels/binaries.ts'
import { KernelHost } from '../kernels/kernel-host.ts'
import { instantiateKernels } from '../kernels/kernels.ts'
import { findOpenBlas } from '../kernels/openblas.ts'
import { singleThread, startThreadPool } from '../kernels/thread-pool.ts'
import { replaceStockKernels } from '../stock-kernels.ts'
import type { BackendOptions, LoadedBackend } from './backend.ts'
import { borrowMissingKernels } from './borrow-from-cpu.ts'
import { startWasmModule } from './wasm-module.ts'

export async function openWasm({ threads, blas }: BackendOptions): Promise<LoadedBackend> {
  tf.enableProdMode() // spares a check of every value at every conversion
  const openBlas = blas === 'off' ? undefined : await findOpenBlas(blas === 'on', threads)
  // OpenBLAS' own threads take the place of ours: the two pools would fight for the cores.
  const ownThreads = openBlas === undefined ? threads : 1
  const kind = ownThreads > 1 ? 'shared' : 'private'
  const memory = await startWasmModule(tf, kind)
  const { module, instructions } = compileKernels(kind)
  const kernels = instantiateKernels(module, memory, openBlas?.(memory))
  const pool =
    ownThreads > 1
      ? await startThreadPool(kernels, module, memory, ownThreads)
      : singleThread(kernels)
  const host = new KernelHost(tf, memory, kernels, pool)
  replaceStockKernels(host)
  borrowMissingKernels(tf)
  return {
    tf,
    device: [
      'wasm',
      instructions,
      ...(openBlas ? ['OpenBLAS'] : []),
      threads === 1 ? '1 thread' : `${threads} threads`,
    ].join(', '),
    operations: fusedOperations(host),
    optimisers: fusedOptimisers(host),
    dispose() {
      pool.close()
      tf.removeBackend('wasm')
    },
  }
}
