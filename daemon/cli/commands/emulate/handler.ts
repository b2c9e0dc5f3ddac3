import type { EmulationProgress } from '../../../../src/emulation/index.ts'
import type { Job } from '../../../../src/learning/index.ts'
import type { CurvePoint, RunResult } from '../../../../src/learning/run-result.ts'
import { InterruptedError, interruptible } from '../../../lifecycle.ts'
import type { GlobalOptions } from '../../command.ts'
import { type Emulations, openEmulations } from '../../emulations.ts'
import { formatCurvePoint, formatRunResult } from '../../format-result.ts'
import { type JobFile, readJobFile } from '../../job-file.ts'
import { makeOutputFolder } from '../../output.ts'
import { writeRunFolder } from '../../run-folder.ts'
import { note, print, printJson } from '../../terminal.ts'
import { openMetrics } from './metrics.ts'
import type { EmulateOptions } from './options.ts'

export async function handle(options: GlobalOptions & EmulateOptions, path: string): Promise<void> {
  const file = await readJobFile(path, overridesOf(options))
  const { job } = file
  const say = options.quiet === true ? () => {} : note
  // Before anything is started.
  if (options.out !== undefined) await makeOutputFolder(options.out)
  await interruptible(async (signal) => {
    const emulations = await openEmulations({ options, path, say, signal })
    say(`${job.name}: ${job.nodes} nodes, ${job.train.rounds} rounds, on ${emulations.device}`)
    try {
      const result = await runInto(options.out, { emulations, file, say })
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

interface Work {
  readonly emulations: Emulations
  readonly file: JobFile
  say(text: string): void
}

/** Runs the job and writes what has come of it to the folder, also where a signal ends it. */
async function runInto(folder: string | undefined, work: Work): Promise<RunResult> {
  const { emulations, file, say } = work
  const metrics = await openMetrics(folder)
  const showCurve = progressLines(file.job, say)
  let progress: EmulationProgress | undefined
  const write = async (result: RunResult): Promise<void> => {
    if (folder === undefined) return
    await writeRunFolder(folder, { result, job: file.job })
    say(`Written: ${folder}`)
  }
  try {
    const result = await emulations.run(file, {
      onReport: metrics.add,
      onProgress(now) {
        progress = now
        showCurve(now.curve)
      },
    })
    showCurve(result.curve)
    await metrics.close()
    await write(result)
    return result
  } catch (error) {
    await metrics.close()
    if (error instanceof InterruptedError && progress !== undefined) {
      await write({ ...progress.soFar(), interrupted: true })
    }
    throw error
  }
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
