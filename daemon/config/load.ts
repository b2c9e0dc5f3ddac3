/**
 * Gathers the daemon's settings. What is said closer to the user wins: flags, then STARLING_* environment
 * variables, then `config.toml` in the data directory, then the defaults.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describeIssue } from '../../src/learning/describe-issue.ts'
import { nearest } from '../../src/learning/nearest.ts'
import { InvalidConfigError } from './errors.ts'
import { type Config, type ConfigInput, configSchema } from './schema.ts'

export interface ConfigSources {
  /** The data directory. */
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly flags?: ConfigInput
}

type Table = Record<string, unknown>

/** Settings of one origin, and what a setting is called there. */
interface Layer {
  readonly table: Table
  nameOf(path: readonly string[]): string
}

/**
 * @throws {InvalidConfigError} naming every unknown or ill-typed setting, with the nearest spelling
 */
export function loadConfig({ directory, environment, flags = {} }: ConfigSources): Config {
  const file = join(directory, 'config.toml')
  const layers: readonly Layer[] = [
    { table: readTable(file), nameOf: (path) => `${file}: ${path.join('.')}` },
    {
      table: readEnvironment(environment),
      nameOf: ([section = '', key = '']) => environmentName(section, key),
    },
    { table: flags, nameOf: ([section = '', key = '']) => flagName(section, key) },
  ]
  const problems = layers.flatMap(check)
  if (problems.length > 0) throw new InvalidConfigError(problems)
  return configSchema.parse(layers.map((layer) => layer.table).reduce(merge, {}))
}

/** The environment variable of a setting: `network.listen` is STARLING_NETWORK_LISTEN. */
export function environmentName(section: string, key: string): string {
  return `STARLING_${section}_${key}`.toUpperCase()
}

/** The flag of a setting: `network.listen` is --listen. */
function flagName(section: string, key: string): string {
  return section === 'log' ? `--log-${key}` : `--${key}`
}

function readTable(file: string): Table {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    const { code = '' } = error as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      EISDIR: 'it is a folder',
      EACCES: 'this user may not',
    }
    throw new InvalidConfigError([`${file}: cannot be read: ${reasons[code] ?? code}`])
  }
  try {
    return parse(text)
  } catch (error) {
    throw new InvalidConfigError([`${file}: not TOML: ${(error as Error).message.trimEnd()}`])
  }
}

/** Only names that begin with a section are settings; STARLING_DIR, STARLING_DATA and others mean other things. */
function readEnvironment(environment: ConfigSources['environment']): Table {
  const names = new Map<string, readonly [section: string, key: string]>()
  for (const section of sections()) {
    for (const key of keysOf(section)) names.set(environmentName(section, key), [section, key])
  }
  const table: Record<string, Table> = {}
  const problems: string[] = []
  for (const [name, text] of Object.entries(environment)) {
    const isSetting = sections().some((section) => name.startsWith(environmentName(section, '')))
    if (!isSetting || text === undefined) continue
    const setting = names.get(name)
    if (setting === undefined) {
      problems.push(`environment: ${unknown(name, [...names.keys()])}`)
      continue
    }
    const [section, key] = setting
    table[section] = { ...table[section], [key]: readValue(section, key, text) }
  }
  if (problems.length > 0) throw new InvalidConfigError(problems)
  return table
}

/** Lists are separated by commas; numbers and booleans are written as in TOML. */
function readValue(section: string, key: string, text: string): unknown {
  const example = (configSchema.parse({}) as Record<string, Table>)[section]?.[key]
  if (Array.isArray(example)) return text === '' ? [] : text.split(',').map((item) => item.trim())
  if (typeof example === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (typeof example !== 'number') return text
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? text : value
}

function check({ table, nameOf }: Layer): string[] {
  const result = configSchema.safeParse(table)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') {
      return describeIssue(issue, table).map(({ path, problem }) => `${nameOf(path)}: ${problem}`)
    }
    const path = issue.path.map(String)
    const candidates = path.length === 0 ? sections() : keysOf(path[0] ?? '')
    return issue.keys.map((key) => nameOf([...path, unknown(key, candidates)]))
  })
}

function unknown(key: string, candidates: readonly string[]): string {
  const suggestion = nearest(key, candidates)
  return `${key}: unknown setting${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`
}

function sections(): string[] {
  return Object.keys(configSchema.shape)
}

function keysOf(section: string): string[] {
  const defaults = configSchema.parse({}) as Record<string, Table>
  return Object.keys(defaults[section] ?? {})
}

function merge(base: Table, over: Table): Table {
  const merged: Table = { ...base }
  for (const [section, table] of Object.entries(over)) {
    merged[section] = { ...(base[section] as Table), ...(table as Table) }
  }
  return merged
}
