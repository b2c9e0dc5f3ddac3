/** A run's document as a person reads it. */

import type { CurvePoint, RunResult } from '../../src/learning/run-result.ts'
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  ifKnown,
} from '../../src/reporting/format.ts'
import { formatPrivacy } from './format-privacy.ts'
import { facts } from './terminal.ts'

const UNKNOWN = 'not known'

export function formatRunResult(result: RunResult): string {
  const { final, bytes } = result
  const { accuracy, loss } = final
  const covered = `over ${formatCount(final.nodes)} of ${formatCount(result.nodes)} nodes`
  return facts([
    ['nodes', formatCount(result.nodes)],
    ['rounds', formatCount(result.rounds)],
    ['model', `${result.model.name}, ${formatCount(result.model.parameters)} parameters`],
    ['sharing', result.share],
    ['accuracy', accuracy === null ? 'not measured' : `${formatAccuracy(accuracy)}, ${covered}`],
    ['loss', loss === null ? 'not measured' : formatNumber(loss.mean)],
    ['sent by a node', `${formatBytes(bytes.perNodePerRound)} a round`],
    ...(result.privacy ? [['privacy', formatPrivacy(result.privacy)] as const] : []),
    ['consensus distance', ifKnown(result.consensusDistance, formatNumber) ?? UNKNOWN],
    ['time', ifKnown(result.wallSeconds, formatSeconds) ?? UNKNOWN],
    ['speed', ifKnown(result.nodeRoundsPerSecond, formatSpeed) ?? UNKNOWN],
    ['peak memory', ifKnown(result.peakRssBytes, formatBytes) ?? UNKNOWN],
    ['parameters', `SHA-256 ${result.parametersSha256 ?? 'not known yet'}`],
  ])
}

const formatSpeed = (value: number) => `${formatNumber(value)} node-rounds a second`

/** One line an evaluation, columns in place. */
export function formatCurvePoint(point: CurvePoint, rounds: number): string {
  const width = String(rounds).length
  return [
    `round ${String(point.round).padStart(width)}/${rounds}`,
    `loss ${point.loss.toFixed(3).padStart(6)}`,
    `accuracy ${formatAccuracy({ mean: point.accuracy, min: point.accuracyMin, max: point.accuracyMax })}`,
    `sent ${formatBytes(point.bytes)}`,
  ].join('  ')
}

function formatAccuracy({ mean, min, max }: { mean: number; min: number; max: number }): string {
  return `${formatPercent(mean)} (${formatPercent(min)} to ${formatPercent(max)})`
}
