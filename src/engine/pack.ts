/** Chunks: the arrays of several jobs joined into one, in memory that may be given away. */
import type { EvaluateJob, TrainJob } from './interface.ts'
import type { EvaluateChunk, TrainChunk } from './protocol.ts'

/** All `jobs` agree in batch size, rates and steps before. */
export function packTrain(jobs: readonly TrainJob[]): TrainChunk {
  const { batchSize, stepsBefore, learningRates } = jobs[0]!
  return {
    nodes: jobs.length,
    parameters: join(
      Float32Array,
      jobs.map((job) => job.parameters),
    ),
    optimiserState: join(
      Float32Array,
      jobs.map((job) => job.optimiserState),
    ),
    examples: join(
      Int32Array,
      jobs.map((job) => job.examples),
    ),
    batchSize,
    stepsBefore,
    learningRates,
  }
}

/** All `jobs` look at the same examples. */
export function packEvaluate(jobs: readonly EvaluateJob[]): EvaluateChunk {
  const { on, examples } = jobs[0]!
  const parameters = join(
    Float32Array,
    jobs.map((job) => job.parameters),
  )
  return { nodes: jobs.length, parameters, on, examples }
}

/** Vectors of equal length, one after the other. */
function join<T extends Float32Array | Int32Array>(
  Type: new (length: number) => T,
  vectors: readonly T[],
): T {
  const size = vectors[0]!.length
  const joined = new Type(size * vectors.length)
  for (const [k, vector] of vectors.entries()) joined.set(vector, k * size)
  return joined
}
