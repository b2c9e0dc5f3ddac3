import { nearest } from '../learning/index.ts'
import { StarlingError } from '../runtime/errors.ts'

/** What was asked to be compared does not make sense, or does not fit the job. */
export class InvalidVariantError extends StarlingError {
  override name = 'InvalidVariantError'
  /** As it was asked for. */
  readonly variant: string
  constructor(variant: string, problem: string, options?: ErrorOptions) {
    super(`${variant}: ${problem}`, options)
    this.variant = variant
  }
}

/** Why a name is refused: the one that was probably meant, else `otherwise`, all there are. */
export function noSuch(
  what: string,
  name: string,
  names: readonly string[],
  otherwise: string,
): string {
  const suggestion = nearest(name, names)
  return `no such ${what}; ${suggestion === undefined ? otherwise : `did you mean "${suggestion}"?`}`
}
