import { connectDaemon } from '../../../../api/index.ts'
import type { GlobalOptions } from '../../../command.ts'
import { findRun } from '../../../find-run.ts'
import { print, printJson } from '../../../terminal.ts'

export async function handle(options: GlobalOptions, id: string): Promise<void> {
  const daemon = connectDaemon(options.dir)
  const run = await daemon.resumeRun((await findRun(daemon, id)).id)
  if (options.json) printJson(run)
  else
    print(
      `Resumed ${run.name} at round ${run.round}. Follow it with: starling runs logs -f ${run.id.slice(0, 12)}`,
    )
}
