import { StarlingError } from '../runtime/errors.ts'

/** A node that is away, or whose run has ended. */
export class AbsentNodeError extends StarlingError {
  override name = 'AbsentNodeError'
  readonly rank: number
  constructor(rank: number) {
    super(`Node ${rank} is not there; its neighbours go on without it.`)
    this.rank = rank
  }
}

/** A churn trace that cannot be read. */
export class InvalidTraceError extends StarlingError {
  override name = 'InvalidTraceError'
  readonly line: number
  constructor(line: number, problem: string) {
    super(`Churn trace, line ${line}: ${problem}. Write "round,node,leave" or "round,node,join".`)
    this.line = line
  }
}
