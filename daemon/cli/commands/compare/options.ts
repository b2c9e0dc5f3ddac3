import { type Command, InvalidArgumentError } from 'commander'
import { collect } from '../../command.ts'
import { addComputeOptions, type ComputeOptions } from '../../compute-options.ts'
import { count, wholeNumber } from '../../parsers.ts'

export interface CompareOptions extends ComputeOptions {
  readonly share?: string
  /** 0..1 each. */
  readonly budget?: readonly number[]
  readonly vary?: readonly string[]
  readonly only?: readonly string[]
  readonly seeds?: SeedChoice
  /** 0..1. */
  readonly target?: number
  readonly reference?: string
  readonly nodes?: number
  readonly set?: readonly string[]
  readonly out?: string
  readonly quiet?: boolean
}

/** So many from the job's own on, or exactly these. */
export type SeedChoice = { readonly count: number } | { readonly list: readonly number[] }

export const addOptions = (command: Command) =>
  addComputeOptions(
    command
      .option('--share <methods>', 'sharing methods, as full,random,choco:gamma=0.1,jwins')
      .option(
        '--budget <list>',
        'budgets in percent or as fractions, for each method that has one',
        budgets,
      )
      .option('--vary <key=a,b,c>', 'also compare values of any key of the job', collect)
      .option('--only <variant>', "one of the job's own variants; may be repeated", collect)
      .option(
        '--seeds <count or list>',
        "how many, from the job's seed on, or which (default: the job's)",
        seeds,
      )
      .option(
        '--target <accuracy>',
        'bytes to this accuracy are shown (default: full sharing less a point)',
        share,
      )
      .option('--reference <method>', 'bytes to the final accuracy of this method are shown')
      .option('-n, --nodes <count>', "instead of the job's number of nodes", count)
      .option('--set <key=value>', 'override a key of the job in all runs', collect)
      .option(
        '-o, --out <dir>',
        'keep every run, the result, CSV and an HTML report there, and go on from it',
      ),
  ).option('-q, --quiet', 'no progress lines')

/** `34,20` or `0.34,0.2` or `34%`. */
function budgets(text: string): number[] {
  return text.split(',').map(share)
}

/** A share of 1; above 1 it is in percent. */
function share(text: string): number {
  const value = Number(text.trim().replace(/\s*%$/, ''))
  const fraction = value > 1 || text.includes('%') ? value / 100 : value
  if (text.trim() === '' || !(fraction > 0 && fraction <= 1)) {
    throw new InvalidArgumentError('Give percents such as 20, or fractions such as 0.2.')
  }
  return fraction
}

/** More seeds are hardly meant: who writes `--seeds 90` wants seed 90. */
const MOST_SEEDS = 32

/** `3` or `90,91,92`; `90,` is one seed. */
function seeds(text: string): SeedChoice {
  if (!text.includes(',')) {
    const many = count(text)
    if (many <= MOST_SEEDS) return { count: many }
    throw new InvalidArgumentError(
      `That would be ${many} seeds, more than ${MOST_SEEDS}. For seed ${many} alone write ${many},`,
    )
  }
  const list = text.replace(/,$/, '').split(',').map(wholeNumber)
  if (new Set(list).size < list.length) throw new InvalidArgumentError('A seed is there twice.')
  return { list }
}
