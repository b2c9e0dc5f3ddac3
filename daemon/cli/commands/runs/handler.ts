import { connectDaemon, type RunSummary } from '../../../api/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson, table } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const runs = await connectDaemon(options.dir).runs()
  if (options.json) return printJson(runs)
  if (runs.length === 0) return note('No runs yet. Create one with: starling train job.toml')
  print(table(['ID', 'NAME', 'STATE', 'ROLE', 'NODES', 'ROUND', 'CREATED'], runs.map(row), [4, 5]))
}

function row(run: RunSummary): string[] {
  return [
    run.id.slice(0, 12),
    run.name,
    run.state,
    run.role,
    `${run.nodes.joined}/${run.nodes.expected}`,
    `${run.round}/${run.rounds}`,
    run.createdAt.slice(0, 19).replace('T', ' '),
  ]
}
