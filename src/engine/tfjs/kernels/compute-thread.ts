/** A helper of the training thread: takes shares of every task posted, and sleeps in between. */
import { parentPort, workerData } from 'node:worker_threads'
import { instantiateKernels } from './kernels.ts'
import { TaskBoard } from './task-board.ts'

export interface ComputeThreadData {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly board: SharedArrayBuffer
  /** Which one this is, of how many. */
  readonly thread: number
  readonly threads: number
}

const { module, memory, board, thread, threads } = workerData as ComputeThreadData
const kernels = instantiateKernels(module, memory)
parentPort!.postMessage('ready')
new TaskBoard(threads, board).serve(kernels, thread)
