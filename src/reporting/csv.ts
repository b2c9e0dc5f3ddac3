/** Tables for spreadsheets. Column names are the paths of the JSON documents; what is not known is left empty. */
import type {
  ComparisonPoint,
  ComparisonResult,
  ComparisonRow,
  VariantKey,
} from '../comparison/index.ts'
import type { RoundReport } from '../learning/interface.ts'
import type { CurvePoint, RunResult } from '../learning/run-result.ts'

type Columns<T> = Readonly<Record<string, (row: T) => string | number | null>>

const curveColumns: Columns<CurvePoint> = {
  round: (point) => point.round,
  accuracy: (point) => point.accuracy,
  accuracyMin: (point) => point.accuracyMin,
  accuracyMax: (point) => point.accuracyMax,
  loss: (point) => point.loss,
  trainLoss: (point) => point.trainLoss,
  bytes: (point) => point.bytes,
  seconds: (point) => point.seconds,
  consensusDistance: (point) => point.consensusDistance,
}

const roundColumns: Columns<RoundReport> = {
  round: (report) => report.round,
  rank: (report) => report.rank,
  trainLoss: (report) => report.trainLoss,
  accuracy: (report) => report.accuracy,
  testLoss: (report) => report.testLoss,
  'bytes.sent': (report) => report.bytes.sent,
  'bytes.received': (report) => report.bytes.received,
  'bytes.values': (report) => report.bytes.values,
  'bytes.indices': (report) => report.bytes.indices,
  'bytes.overhead': (report) => report.bytes.overhead,
  'neighbours.expected': (report) => report.neighbours.expected,
  'neighbours.heard': (report) => report.neighbours.heard,
  'neighbours.missing': (report) =>
    report.neighbours.missing.map(({ rank, reason }) => `${rank}:${reason}`).join(' '),
  'seconds.train': (report) => report.seconds.train,
  'seconds.encode': (report) => report.seconds.encode,
  'seconds.wait': (report) => report.seconds.wait,
  'seconds.mix': (report) => report.seconds.mix,
  'seconds.evaluate': (report) => report.seconds.evaluate,
  elapsed: (report) => report.elapsed,
  neighbourDistance: (report) => report.neighbourDistance,
  caughtUpFrom: (report) => report.caughtUpFrom,
}

const variantColumns: Columns<VariantKey> = {
  variant: (row) => row.variant,
  setting: (row) => row.setting,
  budget: (row) => row.budget,
}

const comparisonColumns: Columns<ComparisonRow> = {
  ...variantColumns,
  share: (row) => row.share,
  'accuracy.mean': (row) => row.accuracy?.mean ?? null,
  'accuracy.min': (row) => row.accuracy?.min ?? null,
  'accuracy.max': (row) => row.accuracy?.max ?? null,
  'bytes.perNodePerRound': (row) => row.bytes.perNodePerRound,
  'bytes.values': (row) => row.bytes.values,
  'bytes.indices': (row) => row.bytes.indices,
  'bytes.overhead': (row) => row.bytes.overhead,
  'bytes.perNode': (row) => row.bytes.perNode,
  'bytes.perDeliveredValue': (row) => row.bytes.perDeliveredValue,
  'bytes.ratioToFull': (row) => row.bytes.ratioToFull,
  droppedShare: (row) => row.droppedShare,
  target: (row) => row.target,
  bytesToTarget: (row) => row.bytesToTarget,
  referenceAccuracy: (row) => row.referenceAccuracy,
  bytesToReference: (row) => row.bytesToReference,
  referenceRatio: (row) => row.referenceRatio,
  nodeRoundsPerSecond: (row) => row.nodeRoundsPerSecond,
}

const comparisonCurveColumns: Columns<VariantKey & ComparisonPoint> = {
  ...variantColumns,
  round: (point) => point.round,
  accuracy: (point) => point.accuracy,
  accuracyMin: (point) => point.accuracyMin,
  accuracyMax: (point) => point.accuracyMax,
  bytes: (point) => point.bytes,
}

/** A comparison, one line a variant. */
export function comparisonRowsCsv({ rows }: ComparisonResult): string {
  return table(comparisonColumns, rows)
}

/** The curves of a comparison, one line a variant and evaluation: means over seeds. */
export function comparisonCurvesCsv({ rows }: ComparisonResult): string {
  return table(
    comparisonCurveColumns,
    rows.flatMap(({ variant, setting, budget, curve }) =>
      curve.map((point) => ({ variant, setting, budget, ...point })),
    ),
  )
}

/** A run's curve, one line an evaluation. */
export function curveCsv(result: RunResult): string {
  return table(curveColumns, result.curve)
}

/** Round reports, one line a node and round. Missing neighbours read `3:late 5:unreachable`. */
export function roundsCsv(reports: readonly RoundReport[]): string {
  return table(roundColumns, reports)
}

function table<T>(columns: Columns<T>, rows: readonly T[]): string {
  const lines = rows.map((row) =>
    Object.values(columns)
      .map((cell) => quoted(String(cell(row) ?? '')))
      .join(','),
  )
  return `${[Object.keys(columns).join(','), ...lines].join('\n')}\n`
}

/** As RFC 4180 has it: names that a user gives may hold anything. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
