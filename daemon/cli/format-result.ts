/** A run's document as a person reads it. */

import type { CurvePoint, RunResult } from '../../src/learning/run-result.ts'
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
} from '../../src/reporting/index.ts'
import { formatPrivacy } from './format-privacy.ts'
import { facts } from './terminal.ts'

export function formatRunResult(result: RunResult): string {
  const { final, bytes } = result
  const { accuracy, loss } = final
  return facts([
    ['nodes', formatCount(result.nodes)],
    ['rounds', formatCount(result.rounds)],
    ['model', `${result.model.name}, ${formatCount(result.model.parameters)} parameters`],
    ['sharing', result.share],
    ['accuracy', accuracy === null ? 'not measured' : formatAccuracy(accuracy)],
    ['loss', loss === null ? 'not measured' : formatNumber(loss.mean)],
    ['sent by a node', `${formatBytes(bytes.perNodePerRound)} a round`],
    ...(result.privacy ? [['privacy', formatPrivacy(result.privacy)] as const] : []),
    [
      'consensus distance',
      result.consensusDistance === null ? 'not known' : formatNumber(result.consensusDistance),
    ],
    ['time', formatSeconds(result.wallSeconds)],
    ['speed', `${formatNumber(result.nodeRoundsPerSecond)} node-rounds a second`],
    ['peak memory', formatBytes(result.peakRssBytes)],
    ['parameters', `SHA-256 ${result.parametersSha256 ?? 'not known yet'}`],
  ])
}

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
