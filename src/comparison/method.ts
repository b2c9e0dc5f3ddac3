/** The sharing methods that a comparison names: short names, options, budgets. */
import { presetCost, type ShareOptions, strategies } from '../sharing/index.ts'
import { InvalidVariantError, noSuch } from './errors.ts'
import { splitList } from './split.ts'

type Method = ShareOptions['method']

/** A sharing method with options: `choco:gamma=0.1`. */
export interface MethodChoice {
  /** The method's full name, and the options as they were written. */
  readonly name: string
  readonly method: Method
  readonly options: readonly string[]
}

/** Options that say themselves how much is sent: no budget is applied beside them. */
const OWN_BUDGET: readonly string[] = ['budget', 'alphas']

/**
 * Reads `full,random,choco:gamma=0.1,jwins:wavelet=false,randomCutoff=false`. A piece with `=` and without a method's
 * name is one more option of the method before it.
 *
 * @throws {InvalidVariantError} for a method that there is not, or a beginning that fits several
 */
export function parseMethods(text: string): MethodChoice[] {
  const choices: { word: string; options: string[] }[] = []
  for (const piece of splitList(text)) {
    const [, word, option] = /^([^:=]*)(?::(.*))?$/s.exec(piece) ?? []
    if (word === undefined) {
      const last = choices.at(-1)
      if (last === undefined) {
        throw new InvalidVariantError(`--share ${text}`, `which method has the option ${piece}?`)
      }
      last.options.push(piece)
    } else choices.push({ word, options: option === undefined ? [] : [option] })
  }
  return choices.map(({ word, options }) => {
    const method = methodOf(word)
    const name = options.length === 0 ? method : `${method}:${options.join(',')}`
    return { name, method, options }
  })
}

/**
 * The method that `word` names or begins, hyphens aside: `random`, `topk`.
 * @throws {InvalidVariantError}
 */
export function methodOf(word: string): Method {
  const names = Object.keys(strategies) as Method[]
  const plain = (name: string) => name.replaceAll('-', '').toLowerCase()
  const exact = names.find((name) => plain(name) === plain(word))
  if (exact !== undefined) return exact
  const fitting = word === '' ? [] : names.filter((name) => plain(name).startsWith(plain(word)))
  if (fitting.length === 1) return fitting[0]!
  throw new InvalidVariantError(
    `Sharing method "${word}"`,
    fitting.length > 1
      ? `several methods begin so: ${fitting.join(', ')}`
      : noSuch('method', word, names, `there are ${names.join(', ')}`),
  )
}

/** Whether a budget can be chosen for it. */
export function takesBudget({ method, options }: MethodChoice): boolean {
  if (options.some((option) => OWN_BUDGET.includes(option.split('=', 1)[0]!.trim()))) return false
  return 'budget' in strategies[method].schema.shape
}

/**
 * What `budget` is for `method`. JWINS knows some budgets by a name, and its list of shares costs a little more or less
 * than the name says: where the method takes any number it gets what that list costs on average, so that all spend alike.
 */
export function budgetFor(method: Method, budget: number): number {
  const cost = presetCost(budget)
  if (cost === undefined) return budget
  return strategies[method].schema.safeParse({ method, budget: cost }).success ? cost : budget
}
