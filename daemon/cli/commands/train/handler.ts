import { dirname, resolve } from 'node:path'
import { ensureDaemon } from '../../../background.ts'
import type { GlobalOptions } from '../../command.ts'
import { readJobFile } from '../../job-file.ts'
import { note, print, printJson } from '../../terminal.ts'
import { watchRun } from '../../watch-run.ts'
import type { TrainOptions } from './options.ts'

export async function handle(options: GlobalOptions & TrainOptions, path: string): Promise<void> {
  const { job, modelPath } = await readJobFile(path, options.set)
  const { owner: owners } = options
  const daemon = await ensureDaemon(options.dir, note, () => checkOwners(owners))
  const { run, token } = await daemon.createRun({
    job,
    jobFolder: dirname(resolve(path)),
    tokenSeconds: options.tokenValid,
    ...(modelPath !== undefined && { modelPath }),
    ...(owners !== undefined && { owners }),
    ...(options.data !== undefined && { dataPath: resolve(options.data) }),
  })
  if (options.json) printJson({ run, token })
  else {
    const others = job.nodes - 1
    print(
      `Created run ${run.id.slice(0, 12)} (${job.name}) for ${job.nodes} node${others > 0 ? 's' : ''}.`,
    )
    if (others > 0) {
      const modelFlag = modelPath === undefined ? '' : ' --model FILE'
      print(
        `\nOn ${others === 1 ? 'the' : `each of the ${others}`} other machine${others > 1 ? 's' : ''}:\n`,
      )
      print(`  starling join ${token}${modelFlag}\n`)
    }
    if (owners !== undefined)
      print(`Owners too, once they have joined:\n  ${owners.join('\n  ')}\n`)
    if (options.watch !== true) note(`Follow it with: starling runs logs -f ${run.id.slice(0, 12)}`)
  }
  if (options.watch === true) await watchRun(daemon, run.id, options)
}

/** Loaded only where it is needed: it brings the network with it. */
async function checkOwners(owners: readonly string[] | undefined): Promise<void> {
  if (owners === undefined) return
  const { readCoOwners } = await import('../../../services/index.ts')
  readCoOwners(owners)
}
