/** The training thread and its helpers on one shared memory. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { ComputeThreadData } from './compute-thread.ts'
import type { Kernels } from './kernels.ts'
import { doShare, TaskBoard, type Work } from './task-board.ts'

/** Below so many floating point operations, waking the helpers costs more than they save. */
const WORTH_SHARING = 200_000

export interface ThreadPool {
  readonly threads: number
  /** Does all of the work, returning when it is done; `operations`: how much it is, roughly. */
  run(work: Work, operations: number): void
  close(): void
}

export function singleThread(kernels: Kernels): ThreadPool {
  return { threads: 1, run: (work) => doShare(kernels, work, 0, 1, 0), close() {} }
}

/** Helpers never keep the process alive, and end with `close`. */
export async function startThreadPool(
  kernels: Kernels,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<ThreadPool> {
  const board = new TaskBoard(threads)
  const helpers = await Promise.all(
    Array.from({ length: threads - 1 }, (_, i) =>
      startHelper({ module, memory, board: board.buffer, thread: i + 1, threads }),
    ),
  )
  return {
    threads,
    run(work, operations) {
      if (operations < WORTH_SHARING || work.units < 2) doShare(kernels, work, 0, 1, 0)
      else board.complete(kernels, work)
    },
    close() {
      for (const helper of helpers) void helper.terminate()
    },
  }
}

async function startHelper(workerData: ComputeThreadData): Promise<Worker> {
  // From source this file ends in .ts, from a build in .js; so does its neighbour.
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const file = new URL(`./compute-thread.${ending}`, import.meta.url)
  const helper = new Worker(file, { workerData, execArgv: [] })
  await once(helper, 'message')
  helper.unref()
  return helper
}
