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

/** A job that hides nothing although it looks as if it did. */
export class EmulationOnlyError extends StarlingError {
  override name = 'EmulationOnlyError'
  constructor() {
    super(
      'privacy.secureAggregation = "off-same-ring" sends everything in clear, to compare with; it is for ' +
        '`starling emulate` alone. Use "cesar" to hide what nodes send, or "off".',
    )
  }
}

/** Somebody who was named as an owner of a new run cannot be one. */
export class UnusableOwnerError extends StarlingError {
  override name = 'UnusableOwnerError'
  constructor(text: string, reason: string) {
    super(
      `${text} cannot be an owner of the run: ${reason}. Give --owner a peer id as \`starling id\` prints it on ` +
        'that machine, or one of its addresses there, which end in /p2p/ and the peer id.',
    )
  }
}

/** A run has several owners, and none of them can let this node in now. */
export class NoOwnerAnswersError extends StarlingError {
  override name = 'NoOwnerAnswersError'
  constructor(reasons: readonly string[]) {
    super(
      `None of the run's owners can be asked:\n${reasons.map((reason) => `  ${reason}`).join('\n')}\n` +
        'Join again when one of them is up and takes part.',
    )
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

/** The token is from a daemon with this one's identity, and that daemon is another. */
export class CopiedIdentityError extends StarlingError {
  override name = 'CopiedIdentityError'
  constructor(peerId: string) {
    super(
      `The token was made by a daemon that has this one's identity, ${peerId}, and its run is not here: ` +
        'the data directory, or the identity.key in it, was copied from there. Give this machine an identity of its ' +
        'own: `starling down`, remove identity.key from its data directory, then join again.',
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
