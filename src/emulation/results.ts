/** What an emulation has seen, and the document it ends with. */
import {
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
    const job = this.#job
    const { nodes } = job
    const { rounds } = job.train
    const curve = this.curve()
    const last = curve.findLast((point) => point.round === rounds)
    const bytes = this.#reports.bytes
    const perNodePerRound = (total: number) => total / (nodes * rounds)
    return {
      run,
      nodes,
      rounds,
      seed: job.seed,
      share: job.share.method,
      model: { name: job.model.name, parameters: parameters[0]!.length },
      final: {
        accuracy: last
          ? { mean: last.accuracy, min: last.accuracyMin, max: last.accuracyMax }
          : null,
        loss: last ? { mean: last.loss } : null,
      },
      curve,
      bytes: {
        perNodePerRound: perNodePerRound(bytes.sent),
        values: perNodePerRound(bytes.values),
        indices: perNodePerRound(bytes.indices),
        overhead: perNodePerRound(bytes.overhead),
      },
      consensusDistance: consensusDistance(parameters),
      ...measured,
      nodeRoundsPerSecond: this.nodeRounds / measured.wallSeconds,
      parametersSha256: runDigest(parameters.map(parametersDigest)),
    }
  }
}
