/** Follows a run to its end, as `train --watch` and `join --watch` do. Ctrl-C ends the watching, not the run. */
import { StarlingError } from '../../src/runtime/errors.ts'
import type { DaemonApi } from '../api/index.ts'
import { interruptible } from '../lifecycle.ts'
import type { GlobalOptions } from './command.ts'
import { formatRunResult } from './format-result.ts'
import { OWN_FIGURES, printEvents } from './round-lines.ts'
import { print, printJson } from './terminal.ts'

/** The run that was watched did not reach its end. */
class RunFailedError extends StarlingError {
  override name = 'RunFailedError'
}

/** @throws {RunFailedError} when the run fails or is stopped, so that scripts see it in the exit code */
export async function watchRun(
  daemon: DaemonApi,
  id: string,
  options: GlobalOptions,
): Promise<void> {
  await interruptible(async (signal) => {
    const events = daemon.events(id, { follow: true, signal })
    if (!options.json) return printEvents(events, () => daemon.run(id), print)
    for await (const event of events) printJson(event)
  })
  const run = await daemon.run(id)
  if (run.state !== 'finished') {
    throw new RunFailedError(`The run ${run.state}${run.reason === null ? '' : `: ${run.reason}`}.`)
  }
  if (options.json) return
  print(
    `\n${run.role === 'member' ? `${OWN_FIGURES}\n` : ''}${formatRunResult(await daemon.result(id))}`,
  )
}
