import type { z } from 'zod'
import { StarlingError } from '../runtime/errors.ts'
import { conflicts } from './conflicts.ts'
import { describeIssue, listed, quote, valueAt } from './describe-issue.ts'
import { type Job, jobSchema } from './job.ts'
import { keyHint, requiredKeys } from './job-keys.ts'
import { privacyConflicts } from './privacy-conflicts.ts'

/** A job file that cannot be used. `problems` names each key and what it should be. */
export class InvalidJobError extends StarlingError {
  override name = 'InvalidJobError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The job is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * Checks a parsed job file (TOML or JSON already turned into plain data).
 * @throws {InvalidJobError} naming every wrong key, with the nearest spelling for an unknown one, or the keys that
 * do not go together.
 */
export function parseJob(data: unknown): Job {
  const result = jobSchema.safeParse(data)
  if (result.success) {
    const problems = [...conflicts(result.data), ...privacyConflicts(result.data)]
    if (problems.length === 0) return result.data
    throw new InvalidJobError(problems)
  }
  throw new InvalidJobError(result.error.issues.flatMap((issue) => describe(issue, data)))
}

function describe(issue: z.core.$ZodIssue, data: unknown): string[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const hint = keyHint(key, path, data)
      return `${[...path, key].join('.')}: unknown key${hint === undefined ? '' : `; ${hint}`}`
    })
  }
  if (issue.code === 'invalid_type' && issue.expected === 'object') return [noTable(path, data)]
  return describeIssue(issue, data).map(
    ({ path: at, problem }) => `${at.join('.') || 'job'}: ${problem}`,
  )
}

/** Says which keys a table must have where something else, or nothing, is in its place. */
function noTable(path: readonly string[], data: unknown): string {
  const value = valueAt(data, path)
  const keys = requiredKeys(path)
  const found = value === undefined ? 'is missing' : `${quote(value)} is no table`
  const wanted = keys.length === 0 ? '' : ` with ${listed(keys, 'and')}`
  return `${path.join('.') || 'job'}: ${found}; give a table${wanted}`
}
