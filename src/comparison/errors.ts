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
