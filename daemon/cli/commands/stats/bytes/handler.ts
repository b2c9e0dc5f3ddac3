import { formatBytes } from '../../../../../src/reporting/format.ts'
import { type ByteStats, connectDaemon, type Flow, type RunFlow } from '../../../../api/index.ts'
import type { GlobalOptions } from '../../../command.ts'
import { facts, print, printJson, table } from '../../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const stats = await connectDaemon(options.dir).byteStats()
  if (options.json) printJson(stats)
  else print(formatStats(stats))
}

function formatStats(stats: ByteStats): string {
  const inAll = facts([
    ['since', stats.since],
    ['in all', `${formatBytes(stats.sent)} sent, ${formatBytes(stats.received)} received`],
    [
      'today',
      `${formatBytes(stats.today.sent)} sent, ${formatBytes(stats.today.received)} received`,
    ],
  ])
  const tables = [
    flowTable('PROTOCOL', stats.protocols, ({ protocol }) => protocol),
    flowTable('PEER', stats.peers, ({ peerId }) => peerId),
    runTable(stats.runs),
  ]
  return [inAll, ...tables.filter((text) => text !== null)].join('\n\n')
}

function flowTable<F extends Flow>(
  title: string,
  flows: readonly F[],
  nameOf: (flow: F) => string,
): string | null {
  if (flows.length === 0) return null
  const rows = flows.map((flow) => [
    nameOf(flow),
    formatBytes(flow.sent),
    formatBytes(flow.received),
  ])
  return table([title, 'SENT', 'RECEIVED'], rows, [1, 2])
}

function runTable(runs: ByteStats['runs']): string | null {
  if (runs.length === 0) return null
  const rows = runs.flatMap(({ run, sent, received, receivedParts, ...sentParts }) => [
    [run, 'sent', ...[sent, ...partsOf(sentParts)].map(formatBytes)],
    ['', 'received', ...[received, ...partsOf(receivedParts)].map(formatBytes)],
  ])
  const header = ['RUN', 'DIRECTION', 'BYTES', 'VALUES', 'INDICES', 'OVERHEAD', 'UNSPLIT']
  return table(header, rows, [2, 3, 4, 5, 6])
}

type Parts = Omit<RunFlow['receivedParts'], 'unsplit'> & { readonly unsplit?: number }

function partsOf({ values, indices, overhead, unsplit = 0 }: Parts): number[] {
  return [values, indices, overhead, unsplit]
}
