import type { RoundReport } from '../learning/interface.ts'
import { formatBytes, formatPercent, formatSeconds } from './format.ts'

export interface RoundLineOptions {
  /** Rounds of the whole run, shown beside the round. */
  readonly rounds?: number
  /** Accuracy over several nodes, where it is known; else the report's own is shown. */
  readonly accuracy?: { readonly mean: number; readonly min: number; readonly max: number }
  /** What to call a missing neighbour. @default `node 3` */
  readonly nameOf?: (rank: number) => string
}

/**
 * One line for the terminal, in columns that stay in place from round to round:
 *
 * `round  12/100  loss 0.482  accuracy 81.2 % (78.0–84.1)  sent 154 kB  received 115 kB  heard 3/4  train 1.20 s  …`
 *
 * Rounds count from 1, as people do. Missing neighbours follow at the end, with the reason.
 */
export function roundLine(report: RoundReport, options: RoundLineOptions = {}): string {
  const { bytes, neighbours, seconds } = report
  const total = options.rounds?.toString() ?? ''
  const round = (report.round + 1).toString().padStart(Math.max(4, total.length))
  const columns = [
    `round ${round}${total && `/${total}`}`,
    `loss ${(report.trainLoss?.toFixed(3) ?? '–').padStart(6)}`,
    accuracyColumn(report, options).padEnd(31),
    `sent ${formatBytes(bytes.sent).padStart(7)}`,
    `received ${formatBytes(bytes.received).padStart(7)}`,
    `heard ${neighbours.heard}/${neighbours.expected}`,
    `train ${formatSeconds(seconds.train).padStart(7)}`,
    `wait ${formatSeconds(seconds.wait).padStart(7)}`,
    `mix ${formatSeconds(seconds.encode + seconds.mix).padStart(7)}`,
  ]
  if (seconds.evaluate > 0) columns.push(`test ${formatSeconds(seconds.evaluate).padStart(7)}`)
  const nameOf = options.nameOf ?? ((rank) => `node ${rank}`)
  if (neighbours.missing.length > 0) {
    const missing = neighbours.missing.map(({ rank, reason }) => `${nameOf(rank)} ${reason}`)
    columns.push(`missing: ${missing.join(', ')}`)
  }
  if (report.caughtUpFrom !== null) columns.push(`caught up from ${nameOf(report.caughtUpFrom)}`)
  return columns.join('  ')
}

function accuracyColumn(report: RoundReport, { accuracy }: RoundLineOptions): string {
  if (accuracy !== undefined) {
    const [min, max] = [accuracy.min, accuracy.max].map((share) => (share * 100).toFixed(1))
    return `accuracy ${formatPercent(accuracy.mean).padStart(7)} (${min}–${max})`
  }
  return report.accuracy === null ? '' : `accuracy ${formatPercent(report.accuracy).padStart(7)}`
}
