/**
 * The front door of the tensor room: opens the backend asked for, or the best that this machine has, and proves
 * that it computes before anybody trains on it.
 */
import { BACKENDS, type BackendName } from '../interface.ts'
import {
  type BackendOptions,
  BackendUnavailableError,
  type LoadedBackend,
  type OpenBackendFile,
  type TensorFlow,
} from './backends/backend.ts'
import { openCpu } from './backends/cpu.ts'
import { measureGflops, proveGradients } from './backends/self-test.ts'
import { openTensorFlow } from './backends/tensorflow.ts'
import { openWasm } from './backends/wasm.ts'
import { openWebGpu } from './backends/webgpu.ts'
import type { InPlaceOptimisers } from './in-place-optimisers.ts'
import type { Operations } from './operations.ts'

export interface OpenBackend {
  readonly tf: TensorFlow
  readonly name: BackendName
  /** Such as 'wasm, relaxed SIMD, 2 threads' or the GPU's name. */
  readonly device: string
  /** Measured on one product of two 512 × 512 matrices. */
  readonly gflops: number
  /** Better backends that were passed over, and why. */
  readonly skipped: readonly SkippedBackend[]
  /** Operations on kernels of our own; null: compose them of stock ones with `plainOperations(tf)`. */
  readonly operations: Operations | null
  /** In-place updates on the tensors' memory; null: compute updates with stock operations. */
  readonly optimisers: InPlaceOptimisers | null
  dispose(): void
}

interface SkippedBackend {
  readonly backend: BackendName
  readonly reason: string
}

const FILES: Record<BackendName, OpenBackendFile> = {
  'tensorflow-gpu': () => openTensorFlow('tensorflow-gpu'),
  tensorflow: () => openTensorFlow('tensorflow'),
  webgpu: openWebGpu,
  wasm: openWasm,
  cpu: openCpu,
}

/**
 * Opens one backend for this thread; TensorFlow.js is a singleton, so the last one opened is the one that computes.
 * `auto` tries them in the order of `BACKENDS`.
 * @throws BackendUnavailableError when the named backend (or, for `auto`, every one) cannot be had.
 */
export async function openBackend(
  { backend, ...options }: BackendOptions & { readonly backend: BackendName | 'auto' },
  files: Record<BackendName, OpenBackendFile> = FILES,
): Promise<OpenBackend> {
  const skipped: SkippedBackend[] = []
  for (const name of backend === 'auto' ? BACKENDS : [backend]) {
    try {
      return { ...(await openProved(files[name], options)), name, skipped }
    } catch (error) {
      skipped.push({ backend: name, reason: (error as Error).message.split('\n')[0]! })
    }
  }
  throw new BackendUnavailableError(
    skipped
      .map(({ backend, reason }) => `the ${backend} backend cannot be used: ${reason}`)
      .join('\n'),
  )
}

async function openProved(
  open: OpenBackendFile,
  options: BackendOptions,
): Promise<LoadedBackend & { gflops: number }> {
  const loaded = await open(options)
  try {
    await proveGradients(loaded)
    return { ...loaded, gflops: await measureGflops(loaded.tf) }
  } catch (error) {
    loaded.dispose()
    throw error
  }
}
