import { connectDaemon, type RunSummary } from '../../../../api/index.ts'
import type { GlobalOptions } from '../../../command.ts'
import { findRun } from '../../../find-run.ts'
import { formatRunResult } from '../../../format-result.ts'
import { printEvents } from '../../../round-lines.ts'
import { facts, print, printJson } from '../../../terminal.ts'

export async function handle(options: GlobalOptions, id: string): Promise<void> {
  const daemon = connectDaemon(options.dir)
  const run = await findRun(daemon, id)
  const result = await daemon.result(run.id)
  if (options.json) return printJson(result)
  print(formatSummary(run))
  print('')
  await printEvents(daemon.events(run.id, { follow: false }), async () => run, print)
  print('')
  print(formatRunResult(result))
}

function formatSummary(run: RunSummary): string {
  return facts([
    ['run', run.id],
    ['name', run.name],
    ['state', run.reason === null ? run.state : `${run.state}: ${run.reason}`],
    ['role', run.rank === null ? run.role : `${run.role}, rank ${run.rank}`],
    ['nodes', `${run.nodes.joined} of ${run.nodes.expected}`],
    ['round', `${run.round} of ${run.rounds}`],
    ['created', run.createdAt],
  ])
}
