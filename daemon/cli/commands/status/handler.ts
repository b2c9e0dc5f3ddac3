import { formatBytes } from '../../../../src/reporting/format.ts'
import { connectDaemon, type DaemonStatus } from '../../../api/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { facts, print, printJson } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const status = await connectDaemon(options.dir).status()
  if (options.json) printJson(status)
  else print(formatStatus(status))
}

export function formatStatus(status: DaemonStatus): string {
  const { runs, engine, bytes } = status
  return facts([
    ['peer', status.peerId],
    ['version', status.version],
    ['process', `${status.pid}, since ${status.startedAt}`],
    ['data directory', status.dataDirectory],
    ['addresses', status.addresses.join('\n'.padEnd(17)) || 'none'],
    ['connections', String(status.connections)],
    ['runs', `${runs.active} active of ${runs.total}`],
    ['engine', engine === null ? 'not started yet' : `${engine.backend} (${engine.device})`],
    ['memory', formatBytes(status.memory.rssBytes)],
    ['traffic', `${formatBytes(bytes.sent)} sent, ${formatBytes(bytes.received)} received`],
  ])
}
