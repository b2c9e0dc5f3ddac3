/** What the demo compares with: the same nodes before training, and the same nodes training alone. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine } from '../../src/engine/index.ts'
import {
  evaluationExamples,
  initialState,
  type Job,
  type RoundReport,
} from '../../src/learning/index.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { createModel } from '../../src/model/index.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import { createStrategy } from '../../src/sharing/index.ts'
import { PROGRAM } from '../background.ts'
import { loadDataset } from '../data/index.ts'

/** The emulation of the nodes training alone did not end well. */
class BaselineError extends StarlingError {
  override name = 'BaselineError'
}

/** Accuracy of the untrained model, which all nodes of a run start from. */
export async function accuracyBefore(job: Job): Promise<number> {
  const dataset = await loadDataset(job.data, { env: process.env })
  const engine = await createEngine()
  try {
    const { optimiser: kind, momentum, weightDecay } = job.train
    const source = createModel(job.model, dataset)
    const model = await engine.load(source, { kind, momentum, weightDecay }, dataset)
    const { parameters } = initialState(job, model, createStrategy(job.share))
    const examples = evaluationExamples(job, dataset.test.count)
    const [evaluation] = await model.evaluate([
      { parameters, on: 'test', ...(examples !== undefined && { examples }) },
    ])
    return evaluation!.accuracy
  } finally {
    await engine.dispose()
  }
}

export interface AloneOptions {
  readonly jobPath: string
  /** Changes to the job that the demo was asked for. */
  readonly overrides: readonly string[]
  /** Where the emulation writes. */
  readonly folder: string
  readonly signal: AbortSignal
}

export interface Alone {
  readonly result: RunResult
  /** Final accuracy of each node, by rank. */
  readonly accuracies: readonly (number | null)[]
}

/**
 * The same job, seed and parts of the data, each node training for as many steps and hearing from nobody. An emulation,
 * in a process of its own: it gives the same numbers as daemons would.
 */
export async function trainAlone({
  jobPath,
  overrides,
  folder,
  signal,
}: AloneOptions): Promise<Alone> {
  const sets = [...overrides, 'share.method=none'].flatMap((override) => ['--set', override])
  const words = ['emulate', jobPath, ...sets, '--out', folder, '--quiet', '--json']
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const [output, errors, code] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve)
    }),
  ])
  if (code !== 0) {
    const reason = Buffer.concat(errors).toString('utf8').trim()
    throw new BaselineError(`Training the nodes alone, for comparison, failed:\n${reason}`)
  }
  const result = JSON.parse(Buffer.concat(output).toString('utf8')) as RunResult
  const reports = readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RoundReport)
  return { result, accuracies: finalAccuracies(reports, result.nodes) }
}

/** Of each rank's last evaluation. */
function finalAccuracies(reports: readonly RoundReport[], nodes: number): (number | null)[] {
  const accuracies: (number | null)[] = new Array(nodes).fill(null)
  for (const { rank, accuracy } of reports) if (accuracy !== null) accuracies[rank] = accuracy
  return accuracies
}
