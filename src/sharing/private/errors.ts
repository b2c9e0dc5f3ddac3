import { StarlingError } from '../../runtime/errors.ts'

/** Bytes that are no letter of the phase in which they came. */
export class MalformedLetterError extends StarlingError {
  override name = 'MalformedLetterError'
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `Malformed letter: ${reason}. Its sender is broken or runs another version; it is left out of this round.`,
      options,
    )
  }
}
