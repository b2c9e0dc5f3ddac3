import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Job, RoundReport } from '../../../../src/learning/index.ts'
import type { CurvePoint } from '../../../../src/learning/run-result.ts'
import { interruptible } from '../../../lifecycle.ts'
import { makeFolder } from '../../../store/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { openEmulations } from '../../emulations.ts'
import { formatCurvePoint, formatRunResult } from '../../format-result.ts'
import { readJobFile } from '../../job-file.ts'
import { writeRunFolder } from '../../run-folder.ts'
import { note, print, printJson } from '../../terminal.ts'
import type { EmulateOptions } from './options.ts'

export async function handle(options: GlobalOptions & EmulateOptions, path: string): Promise<void> {
  const file = await readJobFile(path, overridesOf(options))
  const { job } = file
  const say = options.quiet === true ? () => {} : note
  await interruptible(async (signal) => {
    const emulations = await openEmulations({ options, path, say, signal })
    say(`${job.name}: ${job.nodes} nodes, ${job.train.rounds} rounds, on ${emulations.device}`)
    const metrics = openMetrics(options.out)
    const showCurve = progressLines(job, say)
    try {
      const result = await emulations.run(file, {
        onReport: metrics.add,
        onProgress: ({ curve }) => showCurve(curve),
      })
      showCurve(result.curve)
      await metrics.close()
      if (options.out !== undefined) {
        await writeRunFolder(options.out, { result, job })
        say(`Written: ${options.out}`)
      }
      if (result.diverged !== undefined) {
        note(
          `Training diverged on node ${result.diverged.join(', ')}; the others went on without. Lower train.lr.`,
        )
      }
      if (options.json) printJson(result)
      else print(formatRunResult(result))
    } finally {
      await emulations.close()
    }
  }, note)
}

/** `--nodes` and `--seed` are short for overrides; said last, they win. */
function overridesOf({ set = [], nodes, seed }: EmulateOptions): string[] {
  return [
    ...set,
    ...(nodes === undefined ? [] : [`nodes=${nodes}`]),
    ...(seed === undefined ? [] : [`seed=${seed}`]),
  ]
}

/** One line for each new point of the curve. */
function progressLines(job: Job, say: (text: string) => void) {
  let shown = 0
  return (curve: readonly CurvePoint[]): void => {
    for (const point of curve.slice(shown)) say(formatCurvePoint(point, job.train.rounds))
    shown = Math.max(shown, curve.length)
  }
}

/** Writes round reports as they come, so that an emulation of a million node-rounds need not keep them. */
function openMetrics(folder: string | undefined) {
  if (folder === undefined) return { add: () => {}, close: async () => {} }
  makeFolder(folder)
  const stream = createWriteStream(join(folder, 'metrics.jsonl'))
  return {
    add: (report: RoundReport) => void stream.write(`${JSON.stringify(report)}\n`),
    close: () =>
      new Promise<void>((done, fail) => {
        stream.on('error', fail)
        stream.end(() => done())
      }),
  }
}
