import { setTimeout as sleep } from 'node:timers/promises'
import { StarlingError } from '../../../../src/runtime/errors.ts'
import { connectDaemon } from '../../../api/index.ts'
import { isRunning } from '../../../store/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { print, printJson } from '../../terminal.ts'

/** A daemon ends within 10 s of being asked; a little more for a busy machine. */
const PATIENCE_SECONDS = 15

/** The daemon has said that it stops, and its process is still there. */
class StillRunningError extends StarlingError {
  override name = 'StillRunningError'
  constructor(pid: number) {
    super(
      `The daemon (process ${pid}) has not ended after ${PATIENCE_SECONDS} s. ` +
        `Its runs are saved; end it with: kill -9 ${pid}`,
    )
  }
}

export async function handle(options: GlobalOptions): Promise<void> {
  const daemon = connectDaemon(options.dir)
  const { pid } = await daemon.status()
  await daemon.shutdown()
  await untilGone(pid)
  if (options.json) printJson({ stopped: true, pid })
  else print(`Stopped the daemon (process ${pid}).`)
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_SECONDS * 1000
  while (await isRunning(pid)) {
    if (performance.now() > deadline) throw new StillRunningError(pid)
    await sleep(25)
  }
}
