/**
 * A run as a folder of files that other programs can read: `result.json` (docs/json.md), `job.json`, `metrics.jsonl`
 * (one round report a line), `curve.csv`, `rounds.csv`, `report.html`.
 */
import { createWriteStream } from 'node:fs'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Job, parseJob, type RoundReport } from '../../src/learning/index.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { curveCsv, renderReport, roundsCsv } from '../../src/reporting/index.ts'
import { type RunDocuments, reportDataOf } from '../report-data.ts'
import { UsageError } from './errors.ts'
import { makeOutputFolder, writingTo } from './output.ts'

/**
 * Writes all files but `metrics.jsonl`, which must be there: the emulator writes it while it runs.
 * @throws {UsageError} where the folder cannot be written to
 */
export async function writeRunFolder(folder: string, run: RunDocuments): Promise<void> {
  await makeOutputFolder(folder)
  const { name } = run.job
  const report = reportDataOf(run, run.result.interrupted ? `${name} (interrupted)` : name)
  await writingTo(folder, async () => {
    const write = (file: string, text: string) => writeFile(join(folder, file), text)
    await write('result.json', `${JSON.stringify(run.result, null, 2)}\n`)
    await write('job.json', `${JSON.stringify(run.job, null, 2)}\n`)
    await write('curve.csv', curveCsv(run.result))
    await write('report.html', renderReport([report]))
    await writeRoundsCsv(join(folder, 'metrics.jsonl'), join(folder, 'rounds.csv'))
  })
}

/** @throws {UsageError} where the folder does not hold a run */
export async function readRunFolder(folder: string): Promise<RunDocuments> {
  return {
    result: (await readDocument(folder, 'result.json')) as RunResult,
    job: parseJob(await readDocument(folder, 'job.json')),
  }
}

async function readDocument(folder: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, name), 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = error instanceof SyntaxError ? 'is no JSON' : `cannot be read: ${message}`
    throw new UsageError(
      `${folder} does not hold a run: its ${name} ${code === 'ENOENT' ? 'is missing' : reason}. ` +
        'Give a folder that `starling emulate --out` or `starling runs export` has written.',
    )
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false
}

/** Line by line: an emulation of a thousand nodes writes more reports than should be in memory at once. */
async function writeRoundsCsv(metrics: string, target: string): Promise<void> {
  const file = await open(metrics)
  async function* rows() {
    yield roundsCsv([])
    for await (const line of file.readLines()) {
      const [, row] = roundsCsv([JSON.parse(line) as RoundReport]).split('\n')
      yield `${row}\n`
    }
  }
  await pipeline(rows, createWriteStream(target))
}

/** The job that a run of this data directory was made from; see daemon/store/README.md for where it lies. */
export async function readJobOfRun(dataDirectory: string, id: string): Promise<Job> {
  return parseJob(JSON.parse(await readFile(join(dataDirectory, 'runs', id, 'job.json'), 'utf8')))
}
