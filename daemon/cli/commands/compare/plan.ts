/** From the command line and the job file to the runs that a comparison takes. */
import {
  InvalidVariantError,
  labelOf,
  type PlannedRun,
  planRuns,
  referenceOf,
  type SummaryRequest,
  variantsOf,
} from '../../../../src/comparison/index.ts'
import type { Job } from '../../../../src/learning/index.ts'
import { type JobFile, readJobFile } from '../../job-file.ts'
import type { CompareOptions, SeedChoice } from './options.ts'

/** A run with the job that it is. */
export interface ReadyRun extends PlannedRun {
  readonly file: JobFile
}

export interface Comparison {
  readonly request: SummaryRequest
  readonly runs: readonly ReadyRun[]
}

/**
 * Makes every run's job, so that what cannot be is refused before the first is run.
 * @throws {InvalidVariantError} naming the variant that does not fit the job, and the errors of `readJobFile`
 */
export async function readComparison(options: CompareOptions, path: string): Promise<Comparison> {
  const { share, budget: budgets, vary, only, target } = options
  const overrides = [
    ...(options.set ?? []),
    ...(options.nodes === undefined ? [] : [`nodes=${options.nodes}`]),
  ]
  const { job } = await readJobFile(path, overrides)
  const named = job.compare?.variants
  const variants = variantsOf({ share, budgets, vary, only, named, method: job.share.method })
  const seeds = seedsOf(options.seeds ?? { count: 1 }, job)
  const runs: ReadyRun[] = []
  for (const planned of planRuns(variants, seeds)) {
    runs.push({ ...planned, file: await readVariant(path, overrides, planned) })
  }
  const shares = runs.map(({ file }) => file.job.share.method)
  const reference = options.reference && referenceOf(options.reference, variants, shares)
  return { runs, request: { name: job.name, seeds, planned: runs.length, target, reference } }
}

/** Errors of a job that a variant made out of one that was right. */
const MISFITS: ReadonlySet<string> = new Set([
  'InvalidOverrideError',
  'InvalidJobError',
  'ImpossibleTopologyError',
])

async function readVariant(
  path: string,
  common: readonly string[],
  { variant, overrides }: PlannedRun,
): Promise<JobFile> {
  try {
    const file = await readJobFile(path, [...common, ...overrides])
    // The list of variants is no part of any of them: another entry leaves the others' runs what they were.
    const { compare: _, ...job } = file.job
    return { ...file, job }
  } catch (error) {
    const { name, message } = error as Error
    if (!MISFITS.has(name)) throw error
    throw new InvalidVariantError(labelOf(variant), message, { cause: error })
  }
}

function seedsOf(choice: SeedChoice, { seed }: Job): readonly number[] {
  return 'list' in choice ? choice.list : Array.from({ length: choice.count }, (_, i) => seed + i)
}
