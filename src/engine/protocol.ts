/** What the engine and its workers say to each other. Plain data; large arrays are transferred or shared. */
import type { Examples } from '../data/interface.ts'
import type { ParameterLayout } from '../model/parameters.ts'
import type { ModelSource } from '../model/spec.ts'
import type { EngineInfo, EngineOptions, OptimiserOptions } from './interface.ts'

/** Jobs that differ only in their numbers, one node after the other in every array. */
export interface TrainChunk {
  readonly nodes: number
  /** nodes × layout.size. The reply holds the results in the same memory. */
  readonly parameters: Float32Array
  /** nodes × optimiserStateSize, likewise. */
  readonly optimiserState: Float32Array
  /** nodes × steps × batchSize indices. */
  readonly examples: Int32Array
  readonly batchSize: number
  readonly stepsBefore: number
  /** One a step, the same for all nodes. */
  readonly learningRates: Float32Array
}

export interface TrainedChunk {
  readonly parameters: Float32Array
  readonly optimiserState: Float32Array
  /** Mean loss of each node. */
  readonly losses: Float64Array
  /** The first node whose loss or parameters are not finite, or −1. */
  readonly diverged: number
}

export interface EvaluateChunk {
  readonly nodes: number
  /** nodes × layout.size. */
  readonly parameters: Float32Array
  readonly on: 'train' | 'test'
  readonly examples: Int32Array | undefined
}

/** Per node: correct answers and sum of losses over `count` examples. */
export interface EvaluatedChunk {
  readonly correct: Float64Array
  readonly loss: Float64Array
  readonly count: number
}

/** Every operation of a worker: what it takes and what it answers. `model` is a number the engine chose. */
export interface WorkerCalls {
  open: { takes: { options: EngineOptions }; answers: EngineInfo }
  load: {
    takes: {
      model: number
      source: ModelSource
      optimiser: OptimiserOptions
      train: Examples
      test: Examples
    }
    answers: { layout: ParameterLayout; optimiserStateSize: number; stackable: boolean }
  }
  train: { takes: { model: number; chunk: TrainChunk }; answers: TrainedChunk }
  evaluate: { takes: { model: number; chunk: EvaluateChunk }; answers: EvaluatedChunk }
  forward: {
    takes: { model: number; parameters: Float32Array; inputs: Examples['inputs'] }
    answers: Float32Array
  }
  memory: { takes: { model: number }; answers: { tensors: number; bytes: number } }
  unload: { takes: { model: number }; answers: null }
}

export type CallName = keyof WorkerCalls
export type Takes<Name extends CallName> = WorkerCalls[Name]['takes']
export type Answers<Name extends CallName> = WorkerCalls[Name]['answers']

export type Request = {
  [Name in CallName]: { id: number; call: Name; takes: Takes<Name> }
}[CallName]

/** An error as plain data: `instanceof` does not survive the crossing, `name` and the fields do. */
export interface SerialisedError {
  readonly name: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: SerialisedError }
