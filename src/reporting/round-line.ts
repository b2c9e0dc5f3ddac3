import type { RoundReport } from '../learning/interface.ts'
import { formatBytes, formatNumber, formatPercent, formatSeconds } from './format.ts'

export interface RoundLineOptions {
  /** Rounds of the whole run, shown beside the round. */
  readonly rounds?: number
  /** Accuracy over several nodes, where it is known; else the report's own is shown. */
  readonly accuracy?: { readonly mean: number; readonly min: number; readonly max: number }
  /** What to call a missing neighbour. @default `node 3` */
  readonly nameOf?: (rank: number) => string
}

/**
 * One line for the terminal, of at most 100 characters while nothing is amiss, in columns that stay in place:
 *
 * `round  12/100  loss 0.482  acc  81.2 % (78–84)    sent  154 kB  heard 3/4  in 1.52 s, 20 % wait`
 *
 * Rounds count from 1, as people do; the time is that of the whole round. Missing neighbours follow at the end, with
 * the reason. Whatever is left out here is in metrics.jsonl.
 */
export function roundLine(report: RoundReport, options: RoundLineOptions = {}): string {
  const { bytes, neighbours, seconds } = report
  const total = options.rounds?.toString() ?? ''
  const round = (report.round + 1).toString().padStart(Math.max(3, total.length))
  const loss = report.trainLoss === null ? '–' : formatNumber(report.trainLoss)
  const time = Object.values(seconds).reduce((sum, part) => sum + part, 0)
  const waiting = time === 0 ? 0 : Math.round((100 * seconds.wait) / time)
  const columns = [
    `round ${round}${total && `/${total}`}`,
    `loss ${loss.padStart(5)}`,
    accuracyColumn(report, options).padEnd(21),
    `sent ${formatBytes(bytes.sent).padStart(7)}`,
    `heard ${neighbours.heard}/${neighbours.expected}`,
    `in ${formatSeconds(time).padStart(6)}, ${waiting} % wait`,
  ]
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
    const [min, max] = [accuracy.min, accuracy.max].map((share) => Math.round(share * 100))
    return `acc ${formatPercent(accuracy.mean).padStart(7)} (${min}–${max})`
  }
  return report.accuracy === null ? '' : `acc ${formatPercent(report.accuracy).padStart(7)}`
}
