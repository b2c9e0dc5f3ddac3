/**
 * One engine for all nodes. A node's request takes virtual time, during which those of others come in; they are
 * computed together, in one call, when the clock can go no further without one of the results. Many small calls
 * would cost more than their arithmetic.
 */
import type {
  EvaluateJob,
  Evaluation,
  LoadedModel,
  TrainJob,
  TrainResult,
} from '../engine/interface.ts'
import type { LearnerEngine } from '../learning/index.ts'
import type { VirtualClock } from './virtual-clock.ts'

export class BatchingEngine {
  readonly #model: LoadedModel
  readonly #clock: VirtualClock
  readonly #training = new Batch<TrainJob, TrainResult>()
  readonly #evaluating = new Batch<EvaluateJob, Evaluation>()
  /** Requests whose virtual time is over and whose result is not there. */
  #due = 0

  constructor(model: LoadedModel, clock: VirtualClock) {
    this.#model = model
    this.#clock = clock
  }

  /** The engine as one node sees it. An evaluation takes the time of one local step. */
  engineOf(secondsPerStep: number): LearnerEngine {
    return {
      layout: this.#model.layout,
      optimiserStateSize: this.#model.optimiserStateSize,
      train: (job) => this.#request(this.#training, job, job.learningRates.length * secondsPerStep),
      evaluate: (job) => this.#request(this.#evaluating, job, secondsPerStep),
    }
  }

  /** Whether time must stand still until `compute` has been called. */
  get isDue(): boolean {
    return this.#due > 0
  }

  /** Computes all requests made so far. */
  async compute(options: { signal?: AbortSignal | undefined }): Promise<void> {
    await this.#training.compute((jobs) => this.#model.train(jobs, options))
    await this.#evaluating.compute((jobs) => this.#model.evaluate(jobs, options))
  }

  async #request<J, R>(batch: Batch<J, R>, job: J, seconds: number): Promise<R> {
    const result = batch.add(job)
    if (seconds > 0) await this.#clock.sleep(seconds)
    this.#due++
    try {
      return await result
    } finally {
      this.#due--
    }
  }
}

/** Requests of one kind that wait for the next call. */
class Batch<J, R> {
  #jobs: J[] = []
  #resolvers: ((result: R) => void)[] = []

  add(job: J): Promise<R> {
    return new Promise((resolve) => {
      this.#jobs.push(job)
      this.#resolvers.push(resolve)
    })
  }

  async compute(call: (jobs: readonly J[]) => Promise<readonly R[]>): Promise<void> {
    if (this.#jobs.length === 0) return
    const [jobs, resolvers] = [this.#jobs, this.#resolvers]
    this.#jobs = []
    this.#resolvers = []
    const results = await call(jobs)
    for (const [i, resolve] of resolvers.entries()) resolve(results[i]!)
  }
}
