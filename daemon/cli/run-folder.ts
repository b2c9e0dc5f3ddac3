/**
 * A run as a folder of files that other programs can read: `result.json` (docs/json.md), `job.json`, `metrics.jsonl`
 * (one round report a line), `curve.csv`, `rounds.csv`, `report.html`.
 */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { type Job, parseJob, type RoundReport } from '../../src/learning/index.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { curveCsv, renderReport, roundsCsv } from '../../src/reporting/index.ts'
import { type RunDocuments, reportDataOf } from '../report-data.ts'
import { makeFolder } from '../store/index.ts'
import { UsageError } from './errors.ts'

/** Writes all files but `metrics.jsonl`, which must be there: the emulator writes it while it runs. */
export async function writeRunFolder(folder: string, run: RunDocuments): Promise<void> {
  makeFolder(folder)
  const write = (name: string, text: string) => writeFile(join(folder, name), text)
  await write('result.json', `${JSON.stringify(run.result, null, 2)}\n`)
  await write('job.json', `${JSON.stringify(run.job, null, 2)}\n`)
  await write('curve.csv', curveCsv(run.result))
  await write('report.html', renderReport([reportDataOf(run)]))
  await writeRoundsCsv(join(folder, 'metrics.jsonl'), join(folder, 'rounds.csv'))
}

/** @throws {UsageError} where the folder does not hold a run */
export async function readRunFolder(folder: string): Promise<RunDocuments> {
  try {
    const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
    return {
      result: (await read('result.json')) as RunResult,
      job: parseJob(await read('job.json')),
    }
  } catch (error) {
    throw new UsageError(`${folder} does not hold a run: ${(error as Error).message}`)
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** Line by line: an emulation of a thousand nodes writes more reports than should be in memory at once. */
async function writeRoundsCsv(metrics: string, target: string): Promise<void> {
  const output = createWriteStream(target)
  output.write(roundsCsv([]))
  for await (const line of createInterface({ input: createReadStream(metrics) })) {
    const [, row] = roundsCsv([JSON.parse(line) as RoundReport]).split('\n')
    if (!output.write(`${row}\n`)) await once(output, 'drain')
  }
  output.end()
  await finished(output)
}

/** The job that a run of this data directory was made from; see daemon/store/README.md for where it lies. */
export async function readJobOfRun(dataDirectory: string, id: string): Promise<Job> {
  return parseJob(JSON.parse(await readFile(join(dataDirectory, 'runs', id, 'job.json'), 'utf8')))
}
