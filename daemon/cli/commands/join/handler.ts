import { resolve } from 'node:path'
import { ensureDaemon } from '../../../background.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson } from '../../terminal.ts'
import { watchRun } from '../../watch-run.ts'
import type { JoinOptions } from './options.ts'

export async function handle(options: GlobalOptions & JoinOptions, token: string): Promise<void> {
  const daemon = await ensureDaemon(options.dir, note, () => checkToken(token))
  const run = await daemon.joinRun({
    token,
    ...(options.data !== undefined && { dataPath: resolve(options.data) }),
    ...(options.model !== undefined && { modelPath: resolve(options.model) }),
  })
  if (options.json) printJson(run)
  else {
    const { joined, expected } = run.nodes
    print(
      `Joined run ${run.id.slice(0, 12)} (${run.name}): ${joined} of ${expected} nodes are there.`,
    )
    if (options.watch !== true) note(`Follow it with: starling runs logs -f ${run.id.slice(0, 12)}`)
  }
  if (options.watch === true) await watchRun(daemon, run.id, options)
}

/** Loaded only where it is needed: it brings the network with it. */
async function checkToken(token: string): Promise<void> {
  const { readToken } = await import('../../../services/index.ts')
  readToken(token, new Date())
}
