/** What one backend's file exports: a way to open it, or an error whose first line says why it cannot be had. */
import type * as tensorflow from '@tensorflow/tfjs'
import { StarlingError } from '../../../runtime/errors.ts'
import type { InPlaceOptimisers } from '../in-place-optimisers.ts'
import type { Operations } from '../operations.ts'

export type TensorFlow = typeof tensorflow

export interface BackendOptions {
  /** Threads computing one step together; the wasm and native backends use it. */
  readonly threads: number
  readonly blas: 'auto' | 'off' | 'on'
}

export interface LoadedBackend {
  readonly tf: TensorFlow
  /** What computes, in words; never claims a GPU that is not used. */
  readonly device: string
  /** Operations with kernels of our own; null where the plain ones serve. */
  readonly operations: Operations | null
  readonly optimisers: InPlaceOptimisers | null
  dispose(): void
}

export type OpenBackendFile = (options: BackendOptions) => Promise<LoadedBackend>

/** A backend that this machine or installation does not offer. */
export class BackendUnavailableError extends StarlingError {
  override name = 'BackendUnavailableError'
}
