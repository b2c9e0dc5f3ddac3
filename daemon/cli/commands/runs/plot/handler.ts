import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { renderReport } from '../../../../../src/reporting/index.ts'
import { connectDaemon } from '../../../../api/index.ts'
import { type RunDocuments, reportDataOf } from '../../../../report-data.ts'
import type { GlobalOptions } from '../../../command.ts'
import { UsageError } from '../../../errors.ts'
import { findRun } from '../../../find-run.ts'
import { writingTo } from '../../../output.ts'
import { isFolder, readJobOfRun, readRunFolder } from '../../../run-folder.ts'
import { print, printJson } from '../../../terminal.ts'
import type { PlotOptions } from './options.ts'

export async function handle(
  options: GlobalOptions & PlotOptions,
  names: readonly string[],
): Promise<void> {
  const runs = await Promise.all(names.map((name) => readRun(name, options.dir)))
  const labels = runs.map(({ job }) => job.name)
  // Runs of one job are told apart by what the user called them.
  const data = runs.map((run, i) => {
    const isUnique = labels.filter((label) => label === labels[i]).length === 1
    return reportDataOf(run, isUnique ? labels[i] : names[i])
  })
  const report = resolve(options.out)
  await writingTo(report, () => writeFile(report, renderReport(data)))
  if (options.json) printJson({ report, runs: runs.map(({ result }) => result.run) })
  else print(report)
}

/** A folder that `emulate --out` or `runs export` wrote, else a run of the daemon. */
async function readRun(name: string, directory: string): Promise<RunDocuments> {
  if (await isFolder(name)) return readRunFolder(name)
  if (!/^[0-9a-f]+$/.test(name)) {
    throw new UsageError(
      `"${name}" is neither a folder nor the id of a run. Runs of the daemon are listed by: starling runs`,
    )
  }
  const daemon = connectDaemon(directory)
  const { id } = await findRun(daemon, name)
  return { result: await daemon.result(id), job: await readJobOfRun(directory, id) }
}
