/** What is compared: the same job, changed in one way each. */
import type { ShareOptions } from '../sharing/index.ts'
import { InvalidVariantError, noSuch } from './errors.ts'
import { budgetFor, type MethodChoice, parseMethods, takesBudget } from './method.ts'
import { splitList } from './split.ts'

/** One way to run the job: a name, and overrides of the job's keys. Name, setting and budget together are unique. */
export interface Variant {
  readonly name: string
  /** What was varied beside the method, such as `topology.kind=ring`; empty where nothing was. */
  readonly setting: string
  /** The budget asked for, 0..1; null where none applies. */
  readonly budget: number | null
  /** `path=value`, see `applyOverrides`. */
  readonly overrides: readonly string[]
}

/** As the command line and the job file say it. */
export interface VariantRequest {
  /** Methods with options, in one text: see `parseMethods`. @default the job's own variants, else its own method */
  readonly share?: string | undefined
  /** 0..1 each, for every method that takes one. @default the methods' own */
  readonly budgets?: readonly number[] | undefined
  /** `KEY=a,b,c`: every value of every key with every method. @default none */
  readonly vary?: readonly string[] | undefined
  /** The job's own method. */
  readonly method: ShareOptions['method']
  /** The job's own variants: overrides by name. @default none */
  readonly named?: Readonly<Record<string, readonly string[]>> | undefined
  /** Names of the job's own variants that are run. @default all */
  readonly only?: readonly string[] | undefined
}

/**
 * All variants asked for, methods first, budgets before settings.
 * @throws {InvalidVariantError} where nothing is asked for, twice the same, or what cannot go together
 */
export function variantsOf(request: VariantRequest): Variant[] {
  const settings = settingsOf(request.vary ?? [])
  const variants = settings.flatMap((setting) =>
    waysOf(request).map(
      (way): Variant => ({
        ...way,
        setting: setting.join(' '),
        overrides: [...way.overrides, ...setting],
      }),
    ),
  )
  const seen = new Set<string>()
  for (const variant of variants) {
    const label = labelOf(variant)
    if (seen.has(label)) throw new InvalidVariantError(label, 'asked for twice')
    seen.add(label)
  }
  return variants
}

/** What a chart or a line of progress calls a variant. */
export function labelOf({ name, setting, budget }: Omit<Variant, 'overrides'>): string {
  return [
    name,
    ...(budget === null ? [] : [budgetText(budget)]),
    ...(setting === '' ? [] : [setting]),
  ].join(', ')
}

/** A budget as it was asked for: `34 %`, `2.5 %`. */
export function budgetText(budget: number): string {
  return `${Number((100 * budget).toPrecision(4))} %`
}

type Way = Omit<Variant, 'setting'>

function waysOf({ share, budgets, vary, method, named, only }: VariantRequest): Way[] {
  if (only !== undefined && (share !== undefined || named === undefined)) {
    const reason = share === undefined ? 'the job file has none' : '--share compares others'
    throw new InvalidVariantError(
      '--only',
      `it chooses among the job's own variants, and ${reason}`,
    )
  }
  if (share !== undefined) return parseMethods(share).flatMap((choice) => spread(choice, budgets))
  if (named !== undefined) {
    if (budgets !== undefined) {
      throw new InvalidVariantError(
        '--budget',
        'the variants in the job file set their budgets themselves; name methods with --share',
      )
    }
    return chosen(Object.keys(named), only).map((name) => ({
      name,
      budget: null,
      overrides: named[name]!,
    }))
  }
  if (budgets !== undefined || vary !== undefined) {
    return spread({ name: method, method, options: [] }, budgets)
  }
  throw new InvalidVariantError(
    'Nothing to compare',
    'give --share full,jwins, --budget or --vary, or write [compare.variants] into the job file',
  )
}

/** Those of the names that are wanted, in the order of the job file. */
function chosen(names: readonly string[], only: readonly string[] = names): string[] {
  const unknown = only.find((name) => !names.includes(name))
  if (unknown === undefined) return names.filter((name) => only.includes(name))
  const all = `the job has ${names.join('; ')}`
  throw new InvalidVariantError(`--only ${unknown}`, noSuch('variant', unknown, names, all))
}

function spread(choice: MethodChoice, budgets: readonly number[] | undefined): Way[] {
  const { name, method, options } = choice
  const overrides = [`share.method=${method}`, ...options.map((option) => `share.${option}`)]
  if (budgets === undefined || !takesBudget(choice)) return [{ name, budget: null, overrides }]
  return budgets.map((budget) => ({
    name,
    budget,
    overrides: [...overrides, `share.budget=${budgetFor(method, budget)}`],
  }))
}

/** All combinations of one value of each key. */
function settingsOf(vary: readonly string[]): string[][] {
  let settings: string[][] = [[]]
  for (const text of vary) {
    const equals = text.indexOf('=')
    if (equals < 1) throw new InvalidVariantError(`--vary ${text}`, 'write it as path=a,b,c')
    const path = text.slice(0, equals)
    const values = splitList(text.slice(equals + 1))
    settings = settings.flatMap((setting) =>
      values.map((value) => [...setting, `${path}=${value}`]),
    )
  }
  return settings
}
