import { connectDaemon } from '../../../../api/index.ts'
import { interruptible } from '../../../../lifecycle.ts'
import type { GlobalOptions } from '../../../command.ts'
import { findRun } from '../../../find-run.ts'
import { printEvents } from '../../../round-lines.ts'
import { print, printJson } from '../../../terminal.ts'
import type { RunLogsOptions } from './options.ts'

export async function handle(options: GlobalOptions & RunLogsOptions, id: string): Promise<void> {
  const daemon = connectDaemon(options.dir)
  const run = await findRun(daemon, id)
  await interruptible(async (signal) => {
    const follow = options.follow === true
    const events = daemon.events(run.id, { follow, signal })
    if (!options.json) return printEvents(events, () => daemon.run(run.id), print)
    for await (const event of events) printJson(event)
  })
}
