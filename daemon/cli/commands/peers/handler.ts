import { connectDaemon } from '../../../api/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson, table } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const peers = await connectDaemon(options.dir).peers()
  if (options.json) return printJson(peers)
  if (peers.length === 0) return note('Not connected to any daemon.')
  const rows = peers.map((peer) => [
    peer.peerId,
    peer.direction,
    peer.latencySeconds === null ? '-' : `${(peer.latencySeconds * 1000).toFixed(1)} ms`,
    peer.addresses[0] ?? '-',
  ])
  print(table(['PEER', 'DIRECTION', 'LATENCY', 'ADDRESS'], rows, [2]))
}
