/** A loaded model as its user sees it: checks arguments, cuts calls into chunks, puts the answers together. */
import type { Examples } from '../data/interface.ts'
import { chunkLength, groupAlike, inRuns } from './chunks.ts'
import { DivergedError, EngineDisposedError, EngineInputError } from './errors.ts'
import type { EvaluateJob, Evaluation, LoadedModel, TrainJob, TrainResult } from './interface.ts'
import { packEvaluate, packTrain } from './pack.ts'
import type { WorkerPool } from './pool.ts'
import type { Answers } from './protocol.ts'

/** Stands for all examples, none of which has to be checked. */
const ALL = new Int32Array(0)

export interface LoadedModelParts {
  readonly pool: WorkerPool
  readonly workers: number
  /** The model's number in the workers. */
  readonly model: number
  readonly loaded: Answers<'load'>
  /** On shared memory. */
  readonly data: { readonly train: Examples; readonly test: Examples }
}

export function createLoadedModel(parts: LoadedModelParts): LoadedModel {
  const { pool, workers, model, data } = parts
  const { layout, optimiserStateSize, stackable } = parts.loaded
  const layoutSize = layout.size
  let disposed = false
  const requireLoaded = () => {
    if (disposed) throw new EngineDisposedError()
  }

  async function train(
    jobs: readonly TrainJob[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly TrainResult[]> {
    requireLoaded()
    for (const job of jobs) {
      checkTrainJob(job, layoutSize, optimiserStateSize)
      checkExamples(job.examples, data.train.count)
    }
    const length = chunkLength(jobs.length, { workers, layoutSize, stackable })
    const chunks = groupAlike(jobs).flatMap((group) => inRuns(group, length))
    const results = new Array<TrainResult>(jobs.length)
    await eachOrAbort(chunks, signal, async (members, abort) => {
      const prepare = () => {
        const chunk = packTrain(members.map((index) => jobs[index]!))
        const transfer = [chunk.parameters.buffer, chunk.optimiserState.buffer] as ArrayBuffer[]
        return { takes: { model, chunk }, transfer }
      }
      const { parameters, optimiserState, losses, diverged } = await pool.call(
        'train',
        prepare,
        abort,
      )
      if (diverged !== -1) throw new DivergedError(members[diverged]!, losses[diverged]!)
      members.forEach((index, k) => {
        results[index] = {
          parameters: row(parameters, k, layoutSize),
          optimiserState: row(optimiserState, k, optimiserStateSize),
          loss: losses[k]!,
        }
      })
    })
    return results
  }

  async function evaluate(
    jobs: readonly EvaluateJob[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<readonly Evaluation[]> {
    requireLoaded()
    for (const { parameters, examples = ALL, on } of jobs) {
      checkParameters(parameters, layoutSize)
      checkExamples(examples, data[on].count)
    }
    const results = new Array<Evaluation>(jobs.length)
    const length = chunkLength(jobs.length, { workers, layoutSize, stackable: true })
    const chunks = groupBySubject(jobs).flatMap((group) => inRuns(group, length))
    await eachOrAbort(chunks, signal, async (members, abort) => {
      const prepare = () => {
        const chunk = packEvaluate(members.map((index) => jobs[index]!))
        return { takes: { model, chunk }, transfer: [chunk.parameters.buffer as ArrayBuffer] }
      }
      const { correct, loss, count } = await pool.call('evaluate', prepare, abort)
      members.forEach((index, k) => {
        results[index] = { accuracy: correct[k]! / count, loss: loss[k]! / count, count }
      })
    })
    return results
  }

  return {
    layout,
    optimiserStateSize,
    train,
    evaluate,
    async forward(parameters, inputs, { signal } = {}) {
      requireLoaded()
      checkParameters(parameters, layoutSize)
      const width = data.train.inputShape.reduce((size, side) => size * side, 1)
      if (inputs.length % width !== 0) {
        throw new EngineInputError('inputs', `${inputs.length} values`, `a multiple of ${width}`)
      }
      return pool.call('forward', () => ({ takes: { model, parameters, inputs } }), signal)
    },
    async memory() {
      const all = await pool.callAll('memory', { model })
      return all.reduce((sum, one) => ({
        tensors: sum.tensors + one.tensors,
        bytes: sum.bytes + one.bytes,
      }))
    },
    async dispose() {
      if (disposed) return
      disposed = true
      if (!pool.ended) await pool.callAll('unload', { model })
    },
  }
}

/** Runs all chunks; the first failure stops those that have not begun. */
async function eachOrAbort<T>(
  chunks: readonly T[],
  signal: AbortSignal | undefined,
  run: (chunk: T, abort: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const abort = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  try {
    await Promise.all(chunks.map((chunk) => run(chunk, abort)))
  } catch (error) {
    failed.abort(error)
    throw error
  }
}

/** Positions of jobs, in groups that look at the same examples. */
function groupBySubject(jobs: readonly EvaluateJob[]): number[][] {
  const groups = new Map<Int32Array | 'train' | 'test', number[]>()
  jobs.forEach(({ on, examples }, index) => {
    const key = examples ?? on
    groups.set(key, [...(groups.get(key) ?? []), index])
  })
  return [...groups.values()]
}

function row(values: Float32Array, k: number, size: number): Float32Array {
  return values.subarray(k * size, (k + 1) * size)
}

function checkParameters(parameters: Float32Array, expected: number): void {
  if (parameters.length === expected) return
  throw new EngineInputError('parameters', `${parameters.length} values`, `${expected}`)
}

function checkExamples(examples: Int32Array, count: number): void {
  const outside = examples.find((index) => index < 0 || index >= count)
  if (outside === undefined) return
  throw new EngineInputError('examples', `index ${outside}`, `indices from 0 to ${count - 1}`)
}

function checkTrainJob(job: TrainJob, layoutSize: number, stateSize: number): void {
  checkParameters(job.parameters, layoutSize)
  const { optimiserState, examples, batchSize, learningRates } = job
  if (optimiserState.length !== stateSize) {
    throw new EngineInputError('optimiserState', `${optimiserState.length} values`, `${stateSize}`)
  }
  if (learningRates.length === 0) {
    throw new EngineInputError('learningRates', 'no rate', 'one a step, for one step at least')
  }
  const expected = learningRates.length * batchSize
  if (examples.length !== expected) {
    throw new EngineInputError(
      'examples',
      `${examples.length} indices`,
      `${expected} (steps × batch)`,
    )
  }
}
