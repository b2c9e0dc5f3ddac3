/** Emulating jobs on this machine: one engine, and each data set loaded once, for all the runs a command makes. */
import { dirname, resolve } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import type { Dataset } from '../../src/data/index.ts'
import { type EmulationInit, type EmulationPorts, emulate } from '../../src/emulation/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import type { EngineOptions } from '../../src/engine/interface.ts'
import type { Job, RunResult } from '../../src/learning/index.ts'
import { type Config, loadConfig, PROCESSORS } from '../config/index.ts'
import { nativeSuite } from '../crypto/index.ts'
import { loadDataset } from '../data/index.ts'
import type { GlobalOptions } from './command.ts'
import type { ComputeOptions } from './compute-options.ts'
import { UsageError } from './errors.ts'
import { type JobFile, readModelFile, readText } from './job-file.ts'

export interface EmulationsInit {
  readonly options: GlobalOptions & ComputeOptions
  /** The job file that the jobs come from; what they name lies beside it. */
  readonly path: string
  /** Told what the user should know about the data. */
  say(text: string): void
  readonly signal: AbortSignal
}

/** Told how a run gets on. */
export type Watch = Pick<EmulationInit, 'onReport' | 'onProgress'>

export interface Emulations {
  /** What computes. */
  readonly device: string
  run(file: JobFile, watch?: Watch): Promise<RunResult>
  close(): Promise<void>
}

const ports: EmulationPorts = {
  wallClock: () => performance.now() / 1000,
  // The kernel counts in KiB.
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  turn: () => turn(),
}

export async function openEmulations(init: EmulationsInit): Promise<Emulations> {
  const { options, signal, say } = init
  const folder = dirname(resolve(init.path))
  const config = loadConfig({ directory: options.dir, environment: process.env })
  const engine = await createEngine(engineOptions(options, config), { signal })
  const datasets = new Map<string, Dataset>()

  async function datasetOf({ data }: Job): Promise<Dataset> {
    const key = JSON.stringify(data)
    const dataset =
      datasets.get(key) ??
      (await loadDataset(data, {
        dataDirectory: options.dir,
        env: process.env,
        baseDirectory: folder,
        signal,
        progress: (event) => event.type === 'note' && say(event.text),
      }))
    datasets.set(key, dataset)
    return dataset
  }

  return {
    device: engine.info.device,
    close: () => engine.dispose(),
    async run({ job, modelPath }, watch = {}) {
      const modelFile = await readModelFile(job, modelPath)
      const trace = await readTrace(job, folder)
      const dataset = await datasetOf(job)
      const files = { ...(modelFile && { modelFile }), ...(trace !== undefined && { trace }) }
      const { result } = await emulate(
        { job, engine, dataset, ports, suite: nativeSuite, ...files, ...watch },
        { signal },
      )
      return result
    },
  }
}

/** @throws {UsageError} where more threads would compute than the machine has processors */
function engineOptions(options: ComputeOptions, { engine }: Config): EngineOptions {
  const threads = options.threads ?? engine.threads
  const workers = options.workers ?? Math.max(1, Math.floor(PROCESSORS / threads))
  if (workers * threads > PROCESSORS) {
    throw new UsageError(
      `${workers} workers with ${threads} threads each are more than the ${PROCESSORS} processors of this machine. ` +
        'Lower --workers or --threads.',
    )
  }
  const backend = (options.backend as EngineOptions['backend']) ?? engine.backend
  return { ...engine, backend, workers, threads }
}

async function readTrace({ emulation: { churn } }: Job, folder: string) {
  if (churn === undefined || !('trace' in churn)) return undefined
  return readText(resolve(folder, churn.trace), 'churn trace')
}
