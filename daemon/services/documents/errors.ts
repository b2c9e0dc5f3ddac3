import { StarlingError } from '../../../src/runtime/errors.ts'

/** A join token that cannot be read. The token itself is a secret and not repeated. */
export class InvalidTokenError extends StarlingError {
  override name = 'InvalidTokenError'
  constructor(reason: string) {
    super(
      `The join token cannot be used: ${reason}. Copy it again, whole, from the output of \`starling train\`.`,
    )
  }
}

/** The token was good once. */
export class ExpiredTokenError extends StarlingError {
  override name = 'ExpiredTokenError'
  constructor(expiredAt: Date) {
    super(
      `The join token expired at ${expiredAt.toISOString()}. Ask the run's owner to start it again with a longer --token-valid.`,
    )
  }
}

/** A manifest that is damaged, not signed by its owner, or not the one of the run. */
export class InvalidManifestError extends StarlingError {
  override name = 'InvalidManifestError'
  constructor(reason: string) {
    super(`The run's manifest is refused: ${reason}.`)
  }
}

/** A roster that is damaged, not signed by an owner, or of another run. */
export class InvalidRosterError extends StarlingError {
  override name = 'InvalidRosterError'
  constructor(reason: string) {
    super(`A roster is refused: ${reason}.`)
  }
}
