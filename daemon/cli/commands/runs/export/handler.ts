import { copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { connectDaemon } from '../../../../api/index.ts'
import type { GlobalOptions } from '../../../command.ts'
import { findRun } from '../../../find-run.ts'
import { makeOutputFolder } from '../../../output.ts'
import { readJobOfRun, writeRunFolder } from '../../../run-folder.ts'
import { note, print, printJson } from '../../../terminal.ts'
import type { ExportOptions } from './options.ts'

/** Files of the run's own folder, and what they are called in the export. */
const COPIED = { 'metrics.jsonl': 'metrics.jsonl', manifest: 'manifest' } as const
const MODEL = { 'final.safetensors': 'model.safetensors' } as const

export async function handle(options: GlobalOptions & ExportOptions, id: string): Promise<void> {
  const daemon = connectDaemon(options.dir)
  const run = await findRun(daemon, id)
  const source = join(options.dir, 'runs', run.id)
  const folder = resolve(options.out)
  await makeOutputFolder(folder)
  await copyFiles(source, folder, COPIED)
  if (run.state === 'finished') await copyFiles(source, folder, MODEL)
  else note(`The run is ${run.state}: the export has no model yet.`)
  const result = await daemon.result(run.id)
  await writeRunFolder(folder, { result, job: await readJobOfRun(options.dir, run.id) })
  if (options.json) printJson({ run: run.id, folder })
  else print(folder)
}

async function copyFiles(
  source: string,
  target: string,
  names: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [from, to] of Object.entries(names)) {
    await copyFile(join(source, from), join(target, to))
  }
}
