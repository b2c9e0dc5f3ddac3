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

/** The training of every node has left the range of finite numbers: nobody is left to go on. */
export class AllDivergedError extends StarlingError {
  override name = 'AllDivergedError'
  /** In which round each node diverged, counted from 1, by rank. */
  readonly rounds: readonly number[]
  constructor(rounds: readonly number[], lr: number, cause: unknown) {
    const [first, last] = [Math.min(...rounds), Math.max(...rounds)]
    const when = first === last ? `in round ${first}` : `between rounds ${first} and ${last}`
    const who = rounds.length === 1 ? 'the only node' : `every one of the ${rounds.length} nodes`
    super(
      `Training diverged on ${who}, ${when}. The learning rate is the likely cause: set train.lr lower than ` +
        `${lr}, or a warm-up schedule (train.schedule).`,
      { cause },
    )
    this.rounds = rounds
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
