import { StarlingError } from '../../src/runtime/errors.ts'

/** The user's model file cannot be had on this machine, or is not the owner's. */
export class ModelFileError extends StarlingError {
  override name = 'ModelFileError'
  constructor(reason: string) {
    super(
      `The run's model is kept in a file: ${reason}. Get the same file from the run's owner ` +
        'and name it with --model; code never comes over the network.',
    )
  }
}

/** What this node would train is not what the run's owner trains. */
export class RunMismatchError extends StarlingError {
  override name = 'RunMismatchError'
  constructor(what: string, hint: string) {
    super(`This node cannot join: its ${what} differs from the run's. ${hint}`)
  }
}

/** The run is here already. */
export class AlreadyJoinedError extends StarlingError {
  override name = 'AlreadyJoinedError'
  constructor(run: string) {
    super(
      `This node takes part in run ${run} already. Use \`starling runs show ${run.slice(0, 8)}\`, ` +
        'or `starling runs resume` where it was stopped.',
    )
  }
}

/** Something was asked of a run that its state does not allow. */
export class RunStateError extends StarlingError {
  override name = 'RunStateError'
  constructor(run: string, state: string, wanted: string) {
    super(`Run ${run} is ${state} and cannot be ${wanted}.`)
  }
}

/** A node that joined late found nobody to take the model from. */
export class NothingToCatchUpError extends StarlingError {
  override name = 'NothingToCatchUpError'
  constructor(round: number) {
    super(
      `No neighbour gave its model for round ${round}: they have gone or finished. ` +
        'Resume the run when one of them is back.',
    )
  }
}
