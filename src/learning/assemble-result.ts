import type { CurveCollector } from './curve.ts'
import type { Job } from './job.ts'
import type { CurvePoint, RunResult } from './run-result.ts'

/** What an emulation and a run's owner each know in their own way. */
export interface ResultParts
  extends Pick<
    RunResult,
    | 'run'
    | 'nodes'
    | 'curve'
    | 'consensusDistance'
    | 'wallSeconds'
    | 'peakRssBytes'
    | 'parametersSha256'
  > {
  /** Parameters of the model. */
  readonly parameters: number
  readonly reports: CurveCollector
  /** Rounds of nodes that the bytes sent are shared by. */
  readonly nodeRounds: number
}

/** The document of a run. Bytes are 0 where nothing was sent yet. */
export function assembleResult(job: Job, parts: ResultParts): RunResult {
  const { run, nodes, curve, parameters, reports, nodeRounds, wallSeconds } = parts
  const { rounds } = job.train
  const { bytes } = reports
  const perNodePerRound = (total: number) => (nodeRounds === 0 ? 0 : total / nodeRounds)
  return {
    run,
    nodes,
    rounds,
    seed: job.seed,
    share: job.share.method,
    model: { name: job.model.name, parameters },
    final: {
      ...finalOf(curve.findLast((point) => point.round === rounds)),
      nodes: reports.evaluatedIn(rounds - 1),
    },
    curve,
    bytes: {
      perNodePerRound: perNodePerRound(bytes.sent),
      values: perNodePerRound(bytes.values),
      indices: perNodePerRound(bytes.indices),
      overhead: perNodePerRound(bytes.overhead),
    },
    ...(reports.privacy && {
      privacy: { masked: job.privacy.secureAggregation === 'cesar', ...reports.privacy },
    }),
    consensusDistance: parts.consensusDistance,
    wallSeconds,
    nodeRoundsPerSecond: wallSeconds ? reports.nodeRounds / wallSeconds : null,
    peakRssBytes: parts.peakRssBytes,
    parametersSha256: parts.parametersSha256,
  }
}

function finalOf(last: CurvePoint | undefined): Omit<RunResult['final'], 'nodes'> {
  if (last === undefined) return { accuracy: null, loss: null }
  const { accuracy: mean, accuracyMin: min, accuracyMax: max, loss } = last
  return { accuracy: { mean, min, max }, loss: { mean: loss } }
}
