import type { CurvePoint } from '../learning/run-result.ts'
import {
  byteUnit,
  formatBytes,
  formatNumber,
  formatPercent,
  formatSeconds,
  timeUnit,
} from './format.ts'
import type { LabelledRun } from './labelled-run.ts'
import { type ChartPoint, lineChart, type Series } from './line-chart.ts'
import type { Markup } from './markup.ts'

/** All charts for which there are points: accuracy against rounds, bytes and time; loss; consensus distance. */
export function curveCharts(runs: readonly LabelledRun[]): Markup[] {
  const points = runs.flatMap(({ result }) => result.curve)
  const bytes = byteUnit(Math.max(0, ...points.map((point) => point.bytes)))
  const time = timeUnit(Math.max(0, ...points.map((point) => point.seconds)))
  const byRound = (point: CurvePoint) => point.round
  const againstBytes = (point: CurvePoint) => point.bytes / bytes.factor
  const againstTime = (point: CurvePoint) => point.seconds / time.factor
  const accuracy = { yLabel: 'accuracy (%)', yRange: [0, 100] as const }
  const charts = [
    lineChart({
      ...accuracy,
      title: 'Accuracy by round',
      xLabel: 'round',
      series: accuracySeries(runs, byRound),
    }),
    points.some((point) => point.bytes > 0) &&
      lineChart({
        ...accuracy,
        title: 'Accuracy by bytes',
        xLabel: `sent by a node (${bytes.name})`,
        series: accuracySeries(runs, againstBytes),
      }),
    points.some((point) => point.seconds > 0) &&
      lineChart({
        ...accuracy,
        title: 'Accuracy by time',
        xLabel: `time (${time.name})`,
        series: accuracySeries(runs, againstTime),
      }),
    lineChart({
      title: 'Loss by round',
      xLabel: 'round',
      yLabel: 'loss',
      series: [
        ...measured(runs, 'test loss', (point) => point.loss),
        ...measured(runs, 'training loss', (point) => point.trainLoss, true),
      ],
    }),
    lineChart({
      title: 'Consensus distance by round',
      xLabel: 'round',
      yLabel: 'distance to the mean model',
      series: measured(runs, 'consensus distance', (point) => point.consensusDistance),
    }),
  ]
  return charts.filter((chart) => chart instanceof Object)
}

/** Mean over nodes with the band from the worst to the best node, in percent. */
function accuracySeries(runs: readonly LabelledRun[], x: (point: CurvePoint) => number): Series[] {
  return runs.map(({ result, label, colour }) => ({
    colour,
    points: result.curve.map((point) => ({
      x: x(point),
      y: point.accuracy * 100,
      low: point.accuracyMin * 100,
      high: point.accuracyMax * 100,
      title: [
        `${label}, round ${point.round}`,
        `accuracy ${formatPercent(point.accuracy)}, nodes from ${formatPercent(point.accuracyMin)} to ${formatPercent(point.accuracyMax)}`,
        `${formatBytes(point.bytes)} sent by a node, ${formatSeconds(point.seconds)}`,
      ].join('\n'),
    })),
  }))
}

function measured(
  runs: readonly LabelledRun[],
  name: string,
  measure: (point: CurvePoint) => number | null,
  dashed = false,
): Series[] {
  return runs.map(({ result, label, colour }) => ({
    colour,
    dashed,
    points: result.curve.flatMap((point): ChartPoint[] => {
      const y = measure(point)
      if (y === null) return []
      const title = `${label}, round ${point.round}\n${name} ${formatNumber(y)}`
      return [{ x: point.round, y, title }]
    }),
  }))
}
