/**
 * The engine is a port (contract 4 of ARCHITECTURE.md): typed arrays in and out, computing in workers, so that
 * pings, handshakes and heartbeats never wait for a gradient. No tensor object crosses this file.
 */
import type { Examples } from '../data/interface.ts'
import type { ParameterLayout } from '../model/parameters.ts'
import type { ModelSource } from '../model/spec.ts'

export const BACKENDS = ['tensorflow-gpu', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKENDS)[number]

export interface EngineOptions {
  /** A named backend that cannot be had is an error; `auto` takes the first that can. @default 'auto' */
  readonly backend?: BackendName | 'auto'
  /** Threads computing one step together (wasm backend). Results do not depend on it. @default 1 */
  readonly threads?: number
  /** Workers computing different nodes' steps side by side. @default 1 */
  readonly workers?: number
  /** Use OpenBLAS through the foreign function interface where the machine has it (wasm backend). @default 'off' */
  readonly blas?: 'auto' | 'off' | 'on'
}

/** What computes, as proved by the self-test at start-up. */
export interface EngineInfo {
  readonly backend: BackendName
  /** Such as 'wasm, relaxed SIMD, 2 threads' or the GPU's name. Never claims a GPU that was not used. */
  readonly device: string
  /** Measured on one matrix product of 512 × 512 × 512. */
  readonly gflops: number
  /** Better backends that were passed over, and why. */
  readonly skipped: readonly { readonly backend: BackendName; readonly reason: string }[]
}

export interface OptimiserOptions {
  readonly kind: 'sgd' | 'adam'
  /** SGD: v ← μ v + g, w ← w − lr v (PyTorch's form). @default 0 */
  readonly momentum?: number
  /** L2 penalty added to the gradient: g ← g + λ w. @default 0 */
  readonly weightDecay?: number
  /** Adam. @default 0.9 */
  readonly beta1?: number
  /** Adam. @default 0.999 */
  readonly beta2?: number
  /** Adam. @default 1e-8 */
  readonly epsilon?: number
}

/** A run of local steps of one node, starting from given parameters. Inputs are never mutated. */
export interface TrainJob {
  readonly parameters: Float32Array
  /** Optimiser moments as returned by the previous job; zeros (or empty when size is 0) to begin. */
  readonly optimiserState: Float32Array
  /** Steps this node has made before; Adam's bias correction needs it. */
  readonly stepsBefore: number
  /** Indices into the training examples: steps × batchSize, one row a step. */
  readonly examples: Int32Array
  readonly batchSize: number
  /** One rate a step. */
  readonly learningRates: Float32Array
}

export interface TrainResult {
  readonly parameters: Float32Array
  readonly optimiserState: Float32Array
  /** Mean of the steps' mini-batch losses. */
  readonly loss: number
}

export interface EvaluateJob {
  readonly parameters: Float32Array
  readonly on: 'train' | 'test'
  /** Which examples. @default all */
  readonly examples?: Int32Array
}

export interface Evaluation {
  /** Classes: share of correct answers, 0..1. Ratings: share within half a step of the true rating. */
  readonly accuracy: number
  /** Mean loss an example. */
  readonly loss: number
  readonly count: number
}

/** A model loaded into an engine, with its data. */
export interface LoadedModel {
  readonly layout: ParameterLayout
  /** Values in a node's `optimiserState`. */
  readonly optimiserStateSize: number
  /**
   * Trains several nodes; one job for a daemon, thousands in an emulation, where they are computed in batches.
   * A job's result is bit-identical whatever other jobs travel with it.
   */
  train(
    jobs: readonly TrainJob[],
    options?: { signal?: AbortSignal },
  ): Promise<readonly TrainResult[]>
  evaluate(
    jobs: readonly EvaluateJob[],
    options?: { signal?: AbortSignal },
  ): Promise<readonly Evaluation[]>
  /** Logits (classes) or predictions (ratings) of the given inputs, row-major. */
  forward(
    parameters: Float32Array,
    inputs: Examples['inputs'],
    options?: { signal?: AbortSignal },
  ): Promise<Float32Array>
  /** Live tensors and bytes inside the engine, for leak tests and `starling doctor`. */
  memory(): Promise<{ readonly tensors: number; readonly bytes: number }>
  dispose(): Promise<void>
}

export interface Engine {
  readonly info: EngineInfo
  load(
    source: ModelSource,
    optimiser: OptimiserOptions,
    data: { readonly train: Examples; readonly test: Examples },
  ): Promise<LoadedModel>
  dispose(): Promise<void>
}
