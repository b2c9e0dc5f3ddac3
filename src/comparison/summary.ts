/** From finished runs to one row a variant. */
import type {
  ComparedRun,
  ComparisonPoint,
  ComparisonResult,
  ComparisonRow,
  FailedRun,
} from './result.ts'
import { labelOf } from './variants.ts'

/** Without a target of the user's own it is full sharing's final accuracy less one point. */
const TARGET_MARGIN = 0.01

export interface SummaryRequest {
  readonly name: string
  readonly seeds: readonly number[]
  readonly planned: number
  /** 0..1. @default full sharing's final accuracy less one point, where it is compared */
  readonly target?: number | undefined
  /** A variant's name or a method: see `referenceOf`. */
  readonly reference?: string | undefined
}

/** What one variant's runs say by themselves. */
type Measured = Pick<
  ComparisonRow,
  | 'variant'
  | 'setting'
  | 'budget'
  | 'share'
  | 'accuracy'
  | 'droppedShare'
  | 'nodeRoundsPerSecond'
  | 'curve'
> & { readonly bytes: Omit<ComparisonRow['bytes'], 'ratioToFull'> }

/** Rows stand in the order in which their variants first appear. */
export function summarise(
  request: SummaryRequest,
  runs: readonly ComparedRun[],
  failures: readonly FailedRun[] = [],
): ComparisonResult {
  const { name, seeds, planned, reference = null } = request
  const groups = Map.groupBy(runs, (run) => labelOf({ ...run, name: run.variant }))
  const measured = Array.from(groups.values(), (group) => measure(group, seeds))
  const rows = measured.map((row) => ({
    ...row,
    ...againstFull(row, measured, request.target),
    ...againstReference(row, measured, reference),
  }))
  const targets = new Set(rows.map(({ target }) => target))
  const target = targets.size === 1 ? rows[0]!.target : null
  return { name, seeds, planned, runs, failures, rows, target, reference }
}

/** @param runs of one variant, at least one */
function measure(runs: readonly ComparedRun[], seeds: readonly number[]): Measured {
  const { variant, setting, budget, share } = runs[0]!
  const perSeed = seeds.map((seed) => runs.find((run) => run.seed === seed)?.accuracy ?? null)
  const known = perSeed.filter((accuracy) => accuracy !== null)
  const mean = (of: (run: ComparedRun) => number) => average(runs.map(of))
  const ifAll = (of: (run: ComparedRun) => number | null) => {
    const figures = runs.map(of).filter((figure) => figure !== null)
    return figures.length < runs.length ? null : average(figures)
  }
  return {
    variant,
    setting,
    share,
    budget,
    accuracy:
      known.length === 0
        ? null
        : { mean: average(known), min: Math.min(...known), max: Math.max(...known), perSeed },
    bytes: {
      perNodePerRound: mean(({ bytes }) => bytes.perNodePerRound),
      values: mean(({ bytes }) => bytes.values),
      indices: mean(({ bytes }) => bytes.indices),
      overhead: mean(({ bytes }) => bytes.overhead),
      perNode: mean(({ bytes, rounds }) => bytes.perNodePerRound * rounds),
      perDeliveredValue: ifAll(({ bytes, deliveredValues }) =>
        deliveredValues ? bytes.perNodePerRound / deliveredValues : null,
      ),
    },
    droppedShare: ifAll(({ privacy }) => privacy?.droppedShare ?? null),
    nodeRoundsPerSecond: mean((run) => run.nodeRoundsPerSecond ?? 0),
    curve: meanCurve(runs),
  }
}

/** The rounds that all runs evaluated. */
function meanCurve(runs: readonly ComparedRun[]): ComparisonPoint[] {
  return runs[0]!.curve.flatMap(({ round }) => {
    const points = runs.flatMap(({ curve }) => curve.find((point) => point.round === round) ?? [])
    if (points.length < runs.length) return []
    const accuracies = points.map(({ accuracy }) => accuracy)
    return {
      round,
      accuracy: average(accuracies),
      accuracyMin: Math.min(...accuracies),
      accuracyMax: Math.max(...accuracies),
      bytes: average(points.map(({ bytes }) => bytes)),
    }
  })
}

/** Full sharing in the same setting is what bytes and, less the margin, accuracy are held against. */
function againstFull(row: Measured, all: readonly Measured[], asked: number | undefined) {
  const full = all.find(({ share, setting }) => share === 'full' && setting === row.setting)
  const reached = full?.accuracy?.mean
  const target = asked ?? (reached === undefined ? null : reached - TARGET_MARGIN)
  return {
    bytes: {
      ...row.bytes,
      ratioToFull: ratio(row.bytes.perNodePerRound, full?.bytes.perNodePerRound ?? null),
    },
    target,
    bytesToTarget: target === null ? null : bytesToReach(row.curve, target),
  }
}

/** The best that the reference makes of the same budget: of several step sizes of CHOCO the one that suits it. */
function againstReference(row: Measured, all: readonly Measured[], name: string | null) {
  const candidates = all.filter(
    ({ variant, share, setting, accuracy }) =>
      (variant === name || share === name) && setting === row.setting && accuracy !== null,
  )
  const alike = candidates.filter(({ budget }) => budget === row.budget)
  const comparable = alike.length > 0 ? alike : candidates.filter(({ budget }) => budget === null)
  const best = comparable.toSorted((a, b) => b.accuracy!.mean - a.accuracy!.mean)[0]
  if (best === undefined) {
    return { referenceAccuracy: null, bytesToReference: null, referenceRatio: null }
  }
  const referenceAccuracy = best.accuracy!.mean
  const bytesToReference = bytesToReach(row.curve, referenceAccuracy)
  return {
    referenceAccuracy,
    bytesToReference,
    referenceRatio: ratio(bytesToReach(best.curve, referenceAccuracy), bytesToReference),
  }
}

/**
 * Bytes sent by a node when its accuracy first reached `accuracy`, on a straight line between evaluations. What is
 * there at the first evaluation already cost at most what had been sent by then, and is counted so. Null for never.
 */
export function bytesToReach(curve: readonly ComparisonPoint[], accuracy: number): number | null {
  const at = curve.findIndex((point) => point.accuracy >= accuracy)
  const after = curve[at]
  if (after === undefined) return null
  const before = curve[at - 1]
  if (before === undefined) return after.bytes
  const part = (accuracy - before.accuracy) / (after.accuracy - before.accuracy)
  return before.bytes + part * (after.bytes - before.bytes)
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
