/** Changes to a job file from the command line: `--set train.rounds=20 --set share.method=full`. */
import { parse, TomlError } from 'smol-toml'
import { StarlingError } from '../runtime/errors.ts'
import { keyHint, knownKeys } from './job-keys.ts'

/** An override that cannot be applied. */
export class InvalidOverrideError extends StarlingError {
  override name = 'InvalidOverrideError'
  readonly override: string
  constructor(override: string, problem: string) {
    super(`--set ${override}: ${problem}`)
    this.override = override
  }
}

type Table = Record<string, unknown>

/**
 * A copy of `data` (a parsed job file) with each `path=value` applied in order. The path is dotted; the value is
 * written as in TOML, and a bare word is text: `data.name=mnist`, `model.hidden=[128, 64]`, `train.lr=0.05`.
 * Changing the tag of a table (`kind`, `method`, `name`) to another value drops the table's other keys, which
 * belonged to the old one.
 *
 * @throws {InvalidOverrideError} for a missing `=`, an unknown path or a value that TOML cannot read
 */
export function applyOverrides(data: unknown, overrides: readonly string[]): unknown {
  const result = structuredClone(data) as Table
  for (const override of overrides) apply(result, override)
  return result
}

function apply(job: Table, override: string): void {
  const equals = override.indexOf('=')
  if (equals < 1) throw new InvalidOverrideError(override, 'write it as path=value')
  const path = override.slice(0, equals).trim().split('.')
  const value = parseValue(override, override.slice(equals + 1).trim())
  const tables = path.slice(0, -1)
  const key = path.at(-1)!
  let table = job
  for (const [depth, step] of tables.entries()) {
    requireKnown(job, override, path.slice(0, depth), step)
    const inner = table[step]
    if (inner !== undefined && !isTable(inner)) {
      throw new InvalidOverrideError(override, `${path.slice(0, depth + 1).join('.')} is no table`)
    }
    table = (table[step] ??= {}) as Table
  }
  if (TAGS.has(key) && path.length > 1) {
    if (table[key] !== value) for (const other of Object.keys(table)) delete table[other]
  } else requireKnown(job, override, tables, key)
  table[key] = value
}

/** Keys that decide which others a table has. */
const TAGS: ReadonlySet<string> = new Set(['kind', 'method', 'name'])

function requireKnown(job: Table, override: string, path: readonly string[], key: string): void {
  const keys = knownKeys(path, job)
  if (keys.includes(key)) return
  const hint = keyHint(key, path, job) ?? `known here: ${keys.join(', ')}`
  throw new InvalidOverrideError(override, `unknown key ${[...path, key].join('.')}; ${hint}`)
}

function parseValue(override: string, text: string): unknown {
  const bareWord = /^[a-z][\w./-]*$/i.test(text) && !/^(true|false|inf|nan)$/.test(text)
  try {
    return parse(`value = ${bareWord ? JSON.stringify(text) : text}`)['value']
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new InvalidOverrideError(override, `${text} is no TOML value; put text into quotes`)
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
