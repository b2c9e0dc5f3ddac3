import { createWriteStream, mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { emulate } from '../../../../src/emulation/index.ts'
import { createEngine } from '../../../../src/engine/index.ts'
import type { BackendName } from '../../../../src/engine/interface.ts'
import type { Job, RoundReport } from '../../../../src/learning/index.ts'
import type { CurvePoint } from '../../../../src/learning/run-result.ts'
import { loadConfig } from '../../../config/index.ts'
import { loadDataset } from '../../../data/index.ts'
import { interruptible } from '../../../lifecycle.ts'
import type { GlobalOptions } from '../../command.ts'
import { formatCurvePoint, formatRunResult } from '../../format-result.ts'
import { readJobFile, readModelFile } from '../../job-file.ts'
import { writeRunFolder } from '../../run-folder.ts'
import { note, print, printJson } from '../../terminal.ts'
import type { EmulateOptions } from './options.ts'

export async function handle(options: GlobalOptions & EmulateOptions, path: string): Promise<void> {
  const file = await readJobFile(path, overridesOf(options))
  const { job } = file
  const folder = dirname(resolve(path))
  const config = loadConfig({ directory: options.dir, environment: process.env })
  const say = options.quiet === true ? () => {} : note
  await interruptible(async (signal) => {
    const dataset = await loadDataset(job.data, {
      dataDirectory: options.dir,
      env: process.env,
      baseDirectory: folder,
      signal,
      progress: (event) => event.type === 'note' && say(event.text),
    })
    const modelFile = await readModelFile(job, file.modelPath)
    const trace = await readTrace(job, folder)
    const engine = await createEngine({
      ...config.engine,
      workers: options.workers ?? availableParallelism(),
      ...(options.threads !== undefined && { threads: options.threads }),
      ...(options.backend !== undefined && { backend: options.backend as BackendName | 'auto' }),
    })
    const { device } = engine.info
    say(`${job.name}: ${job.nodes} nodes, ${job.train.rounds} rounds, on ${device}`)
    const metrics = openMetrics(options.out)
    const showCurve = progressLines(job, say)
    try {
      const { result } = await emulate(
        {
          job,
          engine,
          dataset,
          ports: {
            wallClock: () => performance.now() / 1000,
            // The kernel counts in KiB.
            peakMemory: () => process.resourceUsage().maxRSS * 1024,
            turn: () => turn(),
          },
          ...(modelFile !== undefined && { modelFile }),
          ...(trace !== undefined && { trace }),
          onReport: metrics.add,
          onProgress: ({ curve }) => showCurve(curve),
        },
        { signal },
      )
      showCurve(result.curve)
      await metrics.close()
      if (options.out !== undefined) {
        await writeRunFolder(options.out, { result, job })
        say(`Written: ${options.out}`)
      }
      if (options.json) printJson(result)
      else print(formatRunResult(result))
    } finally {
      await engine.dispose()
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

async function readTrace(job: Job, folder: string): Promise<string | undefined> {
  const { churn } = job.emulation
  if (churn === undefined || !('trace' in churn)) return undefined
  return readFile(resolve(folder, churn.trace), 'utf8')
}

/** Writes round reports as they come, so that an emulation of a million node-rounds need not keep them. */
function openMetrics(folder: string | undefined) {
  if (folder === undefined) return { add: () => {}, close: async () => {} }
  mkdirSync(folder, { recursive: true })
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
