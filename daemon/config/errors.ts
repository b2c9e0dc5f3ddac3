import { StarlingError } from '../../src/runtime/errors.ts'

/** Settings that cannot be used. `problems` names each and where it was given. */
export class InvalidConfigError extends StarlingError {
  override name = 'InvalidConfigError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings are not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}
