/**
 * What a comparison leaves in its folder: each finished run in a file of its own, at once, so that an interrupted
 * comparison goes on from there; and at the end `result.json`, `rows.csv`, `curves.csv`, `report.html`.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../../../crypto/index.ts'
import type { ComparisonResult } from '../../../../src/comparison/index.ts'
import { emulatedRunId } from '../../../../src/emulation/index.ts'
import type { RunResult } from '../../../../src/learning/index.ts'
import {
  comparisonCurvesCsv,
  comparisonRowsCsv,
  renderComparison,
} from '../../../../src/reporting/index.ts'
import { VERSION } from '../../../version.ts'
import { makeOutputFolder } from '../../output.ts'
import type { ReadyRun } from './plan.ts'

export interface Archive {
  /** The result of this very job, seed included, by this version of Starling; undefined where it has to be run. */
  find(run: ReadyRun): Promise<RunResult | undefined>
  keep(run: ReadyRun, result: RunResult): Promise<void>
  close(result: ComparisonResult): Promise<void>
}

/**
 * @param folder undefined: nothing is kept, nothing found
 * @throws {UsageError} where there can be no such folder
 */
export async function openArchive(folder: string | undefined): Promise<Archive> {
  if (folder === undefined) {
    return { find: async () => undefined, keep: async () => {}, close: async () => {} }
  }
  await makeOutputFolder(join(folder, 'runs'))
  const idOf = ({ file }: ReadyRun) => toHex(emulatedRunId(file.job))
  // Named by the job alone: whatever comparison asks for it again, and by whatever name, finds it.
  const fileOf = (run: ReadyRun) => join(folder, 'runs', `${idOf(run)}.json`)
  return {
    async find(run) {
      const text = await readFile(fileOf(run), 'utf8').catch(() => '{}')
      const kept = parse(text)
      const isSame = kept?.version === VERSION && kept.result?.run === idOf(run)
      return isSame ? kept.result : undefined
    },
    async keep(run, result) {
      const document = { version: VERSION, job: run.file.job, result }
      // Under its name only when it is whole.
      const target = fileOf(run)
      await writeFile(`${target}.part`, `${JSON.stringify(document, null, 2)}\n`)
      await rename(`${target}.part`, target)
    },
    async close(result) {
      const write = (name: string, text: string) => writeFile(join(folder, name), text)
      await write('result.json', `${JSON.stringify(result, null, 2)}\n`)
      await write('rows.csv', comparisonRowsCsv(result))
      await write('curves.csv', comparisonCurvesCsv(result))
      await write('report.html', renderComparison(result))
    },
  }
}

/** Undefined where somebody has written something else there. */
function parse(text: string): { version?: string; result?: RunResult } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
