import { formatBytes, formatPercent } from '../../../../src/reporting/format.ts'
import {
  type DemoNode,
  type DemoResult,
  mean,
  type RoundSummary,
  runDemo,
} from '../../../demo/index.ts'
import { interruptible } from '../../../lifecycle.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson, table } from '../../terminal.ts'
import type { DemoOptions } from './options.ts'

export async function handle(options: GlobalOptions & DemoOptions): Promise<void> {
  const result = await interruptible(
    (signal) =>
      runDemo(options, { stage: note, round: (...line) => note(formatRound(...line)) }, signal),
    note,
  )
  if (options.json) printJson(result)
  else print(formatResult(result))
}

function formatRound(summary: RoundSummary, rounds: number): string {
  const { round, accuracy, trainLoss, bytesSent, missing } = summary
  return [
    `round ${String(round + 1).padStart(String(rounds).length)}/${rounds}`,
    `loss ${trainLoss === null ? '  -  ' : trainLoss.toFixed(3)}`,
    accuracy === null ? ' '.repeat(16) : `accuracy ${formatPercent(accuracy).padStart(7)}`,
    `${formatBytes(bytesSent)} sent`,
    ...(missing === 0 ? [] : [`${missing} neighbours missed`]),
  ].join('   ')
}

const HEADER = [
  'NODE',
  'PEER',
  'BEFORE',
  'ALONE',
  'TOGETHER',
  'SENT',
  'TRAIN',
  'ENCODE',
  'WAIT',
  'MIX',
  'EVALUATE',
]

function formatResult({ nodes, report, directories }: DemoResult): string {
  const average = (of: (node: DemoNode) => number | null) => formatShare(mean(nodes.map(of)))
  const rows = [
    ...nodes.map(formatNode),
    [
      'mean',
      '',
      average((node) => node.accuracy.before),
      average((node) => node.accuracy.alone),
      average((node) => node.accuracy.together),
    ],
  ]
  return [
    '',
    'Accuracy on the same test set, of all ten digits; each node holds some of them only:',
    '',
    table(HEADER, rows, [2, 3, 4, 5, 6, 7, 8, 9, 10]),
    '',
    `Report with plots: ${report}`,
    ...directories.map((directory) => `Data directory: ${directory}`),
    'Next: read README.md for the first run on two machines.',
  ].join('\n')
}

function formatNode({ rank, peerId, accuracy, bytesSent, seconds }: DemoNode): string[] {
  const { train, encode, wait, mix, evaluate } = seconds
  return [
    String(rank),
    `…${peerId.slice(-8)}`,
    formatShare(accuracy.before),
    formatShare(accuracy.alone),
    formatShare(accuracy.together),
    formatBytes(bytesSent),
    ...[train, encode, wait, mix, evaluate].map((value) => `${value.toFixed(1)} s`),
  ]
}

function formatShare(share: number | null): string {
  return share === null ? '-' : formatPercent(share)
}
