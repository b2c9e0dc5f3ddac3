/** What an emulation has seen, and the document it ends with. */
import {
  assembleResult,
  CurveCollector,
  type CurvePoint,
  isEvaluationDue,
  type Job,
  parametersDigest,
  type RoundReport,
  type RunResult,
  runDigest,
} from '../learning/index.ts'
import { consensusDistance } from '../numeric/vector.ts'
import { ConsensusTally } from './consensus-tally.ts'

/** Real time and memory, measured by the caller. */
export interface Measured {
  readonly wallSeconds: number
  readonly peakRssBytes: number
}

export class ResultCollector {
  readonly #job: Job
  readonly #reports = new CurveCollector()
  readonly #tallies = new Map<number, ConsensusTally>()
  readonly #consensus = new Map<number, number>()

  constructor(job: Job) {
    this.#job = job
  }

  /** Rounds of all nodes so far. */
  get nodeRounds(): number {
    return this.#reports.nodeRounds
  }

  /** Takes one node's round. @param seconds the virtual clock */
  add(report: RoundReport, parameters: Float32Array, seconds: number): void {
    const { round } = report
    this.#reports.add(report, seconds)
    if (!isEvaluationDue(this.#job, round)) return
    const tally = this.#tallies.get(round) ?? new ConsensusTally(parameters.length)
    this.#tallies.set(round, tally)
    tally.add(parameters)
    if (this.#reports.reportsOf(round) < this.#job.nodes) return
    this.#consensus.set(round, tally.distance())
    this.#tallies.delete(round)
  }

  curve(): readonly CurvePoint[] {
    return this.#reports.curve(this.#job.nodes, this.#consensus)
  }

  /** @param parameters final models in rank order */
  finish(run: string, parameters: readonly Float32Array[], measured: Measured): RunResult {
    const { nodes, train } = this.#job
    return {
      ...this.#assemble(run, parameters[0]!.length, nodes * train.rounds, measured),
      consensusDistance: consensusDistance(parameters),
      parametersSha256: runDigest(parameters.map(parametersDigest)),
    }
  }

  /** What is known before the end: no final model, bytes by the rounds that there were. */
  soFar(run: string, parameters: number, measured: Measured): RunResult {
    return this.#assemble(run, parameters, this.nodeRounds, measured)
  }

  #assemble(run: string, parameters: number, nodeRounds: number, measured: Measured): RunResult {
    return assembleResult(this.#job, {
      run,
      nodes: this.#job.nodes,
      parameters,
      reports: this.#reports,
      nodeRounds,
      curve: this.curve(),
      consensusDistance: null,
      ...measured,
      parametersSha256: null,
    })
  }
}
