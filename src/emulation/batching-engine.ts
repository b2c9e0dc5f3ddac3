/**
 * One engine for all nodes. A node's request takes virtual time, during which those of others come in; they are
 * computed together, since many small calls would cost more than their arithmetic. A full portion goes to the engine
 * at once, so that its workers compute while other nodes still mix. Its results are held back until the clock can go no
 * further without one of them, and are then handed out portion by portion in the order of the requests: how fast a
 * worker is never shows in the order of events. A node whose training diverges gets the error; the others of its
 * portion are computed again without it, to the same bits.
 */
import { DivergedError } from '../engine/index.ts'
import type {
  EvaluateJob,
  Evaluation,
  LoadedModel,
  TrainJob,
  TrainResult,
} from '../engine/interface.ts'
import type { LearnerEngine } from '../learning/index.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** Requests that are worth a call: fewer cost more each, more come too late for workers that have nothing to do. */
const PORTION = 32

export class BatchingEngine {
  readonly #model: LoadedModel
  readonly #clock: VirtualClock
  readonly #training: Requests<TrainJob, TrainResult>
  readonly #evaluating: Requests<EvaluateJob, Evaluation>
  /** Portions in the engine, in the order in which they went there; each hands out its results. */
  readonly #portions: (() => Promise<void>)[] = []
  /** Requests whose virtual time is over and whose result is not there. */
  #due = 0

  /** @param signal ends all calls */
  constructor(model: LoadedModel, clock: VirtualClock, signal: AbortSignal) {
    this.#model = model
    this.#clock = clock
    const portions = this.#portions
    this.#training = new Requests((jobs) => model.train(jobs, { signal }), portions)
    this.#evaluating = new Requests((jobs) => model.evaluate(jobs, { signal }), portions)
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

  /** Whether time must stand still until `collect` has been called, and perhaps called again. */
  get isDue(): boolean {
    return this.#due > 0
  }

  /** Hands out the results of the oldest portion. Where none is in the engine, all requests made so far go there. */
  async collect(): Promise<void> {
    if (this.#portions.length === 0) {
      this.#training.start()
      this.#evaluating.start()
    }
    await this.#portions.shift()?.()
  }

  async #request<J, R>(requests: Requests<J, R>, job: J, seconds: number): Promise<R> {
    const result = requests.add(job)
    result.catch(reportedLater)
    if (seconds > 0) await this.#clock.sleep(seconds)
    this.#due++
    try {
      return await result
    } finally {
      this.#due--
    }
  }
}

/** How a request ends. */
type Settle<R> = (result: R | DivergedError) => void

/** Requests of one kind that wait for the next call. */
class Requests<J, R> {
  readonly #call: (jobs: readonly J[]) => Promise<readonly R[]>
  readonly #portions: (() => Promise<void>)[]
  #jobs: J[] = []
  #settlers: Settle<R>[] = []

  constructor(
    call: (jobs: readonly J[]) => Promise<readonly R[]>,
    portions: (() => Promise<void>)[],
  ) {
    this.#call = call
    this.#portions = portions
  }

  add(job: J): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#jobs.push(job)
      this.#settlers.push((result) =>
        result instanceof DivergedError ? reject(result) : resolve(result),
      )
      if (this.#jobs.length === PORTION) this.start()
    })
  }

  /** Gives the engine what waits. */
  start(): void {
    if (this.#jobs.length === 0) return
    const [jobs, settlers] = [this.#jobs, this.#settlers]
    this.#jobs = []
    this.#settlers = []
    const results = this.#compute(jobs)
    results.catch(reportedLater)
    this.#portions.push(async () => {
      for (const [i, result] of (await results).entries()) settlers[i]!(result)
    })
  }

  /** A result for each job, or the error of one that diverged. */
  async #compute(jobs: readonly J[]): Promise<readonly (R | DivergedError)[]> {
    if (jobs.length === 0) return []
    try {
      return await this.#call(jobs)
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error
      const others = await this.#compute(jobs.toSpliced(error.job, 1))
      return others.toSpliced(error.job, 0, error)
    }
  }
}

/** A call or a request may fail before anybody looks at it; whoever does then learns of it. */
function reportedLater(): void {}
