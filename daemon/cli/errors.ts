import { StarlingError } from '../../src/runtime/errors.ts'

/** The command line, or a file it names, says something that cannot be done. */
export class UsageError extends StarlingError {
  override name = 'UsageError'
}

/** No run of this daemon has the id asked for, or several do. */
export class NoSuchRunError extends StarlingError {
  override name = 'NoSuchRunError'
}
