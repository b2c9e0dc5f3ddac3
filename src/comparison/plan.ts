/** Variants × seeds, as a list of runs. */
import { InvalidVariantError } from './errors.ts'
import { methodOf } from './method.ts'
import type { Variant } from './variants.ts'

export interface PlannedRun {
  readonly variant: Variant
  readonly seed: number
  /** Everything in which this run's job differs. */
  readonly overrides: readonly string[]
}

/** One seed after the other, all variants each: whoever stops early has compared them all on some seeds. */
export function planRuns(variants: readonly Variant[], seeds: readonly number[]): PlannedRun[] {
  return seeds.flatMap((seed) =>
    variants.map((variant) => ({
      variant,
      seed,
      overrides: [...variant.overrides, `seed=${seed}`],
    })),
  )
}

/**
 * Which variants a comparison refers to: those with this very name, else those of the method that it names or begins.
 * @param shares the method of each variant's job
 * @returns the name or the method, as in the result's rows
 * @throws {InvalidVariantError} where nothing of the kind is compared
 */
export function referenceOf(
  text: string,
  variants: readonly Variant[],
  shares: readonly string[],
): string {
  if (variants.some(({ name }) => name === text)) return text
  const method = methodOf(text)
  if (shares.includes(method)) return method
  const names = [...new Set(variants.map(({ name }) => name))]
  throw new InvalidVariantError(
    `--reference ${text}`,
    `it is not among those compared: ${names.join(', ')}`,
  )
}
