import {
  type ComparedRun,
  type ComparisonResult,
  deliveredValues,
  type FailedRun,
  labelOf,
  summarise,
  type VariantKey,
} from '../../../../src/comparison/index.ts'
import type { RunResult } from '../../../../src/learning/index.ts'
import { formatBytes, formatPercent, formatSeconds } from '../../../../src/reporting/format.ts'
import { interruptible } from '../../../lifecycle.ts'
import type { GlobalOptions } from '../../command.ts'
import { type Emulations, openEmulations } from '../../emulations.ts'
import { formatComparison } from '../../format-comparison.ts'
import { note, print, printJson } from '../../terminal.ts'
import { type Archive, openArchive } from './archive.ts'
import type { CompareOptions } from './options.ts'
import { type Comparison, type ReadyRun, readComparison } from './plan.ts'

export async function handle(options: GlobalOptions & CompareOptions, path: string): Promise<void> {
  const comparison = await readComparison(options, path)
  const archive = await openArchive(options.out)
  const say = options.quiet === true ? () => {} : note
  await interruptible(async (signal) => {
    // Only when something has to be run: where all is there already, no engine is needed.
    let emulations: Emulations | undefined
    const open = async () => (emulations ??= await openEmulations({ options, path, say, signal }))
    const finished: ComparedRun[] = []
    const failures: FailedRun[] = []
    try {
      await runAll(comparison, { archive, open, say, signal, finished, failures })
    } finally {
      await emulations?.close()
      // Also after Ctrl-C or an error: what has been computed is shown.
      if (finished.length + failures.length > 0) {
        const result = summarise(comparison.request, finished, failures)
        await archive.close(result)
        show(result, options)
      }
    }
  }, note)
}

interface Workplace {
  readonly archive: Archive
  open(): Promise<Emulations>
  say(text: string): void
  readonly signal: AbortSignal
  readonly finished: ComparedRun[]
  readonly failures: FailedRun[]
}

async function runAll({ runs }: Comparison, workplace: Workplace): Promise<void> {
  const { archive, say, signal, finished, failures } = workplace
  const remaining = timeLeft()
  for (const [i, run] of runs.entries()) {
    const position = `[${i + 1}/${runs.length}] ${labelOf(run.variant)}, seed ${run.seed}`
    const kept = await archive.find(run)
    signal.throwIfAborted()
    try {
      const result = kept ?? (await (await workplace.open()).run(run.file))
      if (kept === undefined) await archive.keep(run, result)
      finished.push(comparedRun(run, result))
      const left =
        kept === undefined ? remaining(result.wallSeconds ?? 0, runs.length - i - 1) : 'kept'
      say(`${position}: ${outcomeOf(result)}; ${left}`)
    } catch (error) {
      // A method that diverges is a result too.
      if (!(error instanceof Error) || error.name !== 'AllDivergedError') throw error
      failures.push({ ...keyOf(run), seed: run.seed, reason: error.message })
      say(`${position}: ${error.message}`)
    }
  }
}

function keyOf({ variant: { name, setting, budget } }: ReadyRun): VariantKey {
  return { variant: name, setting, budget }
}

function comparedRun(run: ReadyRun, result: RunResult): ComparedRun {
  const accuracy = result.final.accuracy?.mean ?? null
  const delivered = deliveredValues(run.file.job, result)
  return { ...keyOf(run), accuracy, deliveredValues: delivered, ...result }
}

function outcomeOf({ final, bytes }: RunResult): string {
  const accuracy = final.accuracy === null ? '' : `accuracy ${formatPercent(final.accuracy.mean)}, `
  return `${accuracy}${formatBytes(bytes.perNodePerRound)} a round`
}

/** What is left, as long as the runs so far have taken on average. */
function timeLeft() {
  let seconds = 0
  let runs = 0
  return (last: number, left: number): string => {
    seconds += last
    runs++
    return left === 0 ? 'done' : `${left} left, about ${formatSeconds((left * seconds) / runs)}`
  }
}

function show(result: ComparisonResult, { json, out, quiet }: GlobalOptions & CompareOptions) {
  if (json) printJson(result)
  else print(formatComparison(result))
  if (out !== undefined && quiet !== true) note(`Written: ${out}`)
}
