/**
 * The base of all errors that a user may see. `message` says what went wrong and what to do about it; subclasses
 * set `name` and carry the facts as fields, because errors cross worker and process boundaries where
 * `instanceof` does not hold: compare `name`.
 */
export class StarlingError extends Error {
  override name = 'StarlingError'
}
