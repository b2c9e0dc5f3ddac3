import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { connectDaemon, type RunSummary } from '../../../api/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson, table } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const runs = await connectDaemon(options.dir).runs()
  const damaged = damagedRuns(options.dir, runs)
  if (damaged.length > 0) {
    note(`Cannot be read, and so left out (starling logs says why): ${damaged.join(', ')}`)
  }
  if (options.json) return printJson(runs)
  if (runs.length === 0 && damaged.length > 0) return
  if (runs.length === 0) return note('No runs yet. Create one with: starling train job.toml')
  print(table(['ID', 'NAME', 'STATE', 'ROLE', 'NODES', 'ROUND', 'CREATED'], runs.map(row), [4, 5]))
}

/** Folders of runs that the daemon could not open; see daemon/store/README.md for where they lie. */
function damagedRuns(directory: string, known: readonly RunSummary[]): string[] {
  const folder = join(directory, 'runs')
  const ids = new Set(known.map(({ id }) => id))
  return readdirSync(folder).filter(
    (name) => existsSync(join(folder, name, 'run.json')) && !ids.has(name),
  )
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
