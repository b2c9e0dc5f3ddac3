import { StarlingError } from '../../../../src/runtime/errors.ts'

/** A peer asked for the parameters of a run in which it has no part. */
export class CatchUpRefusedError extends StarlingError {
  override name = 'CatchUpRefusedError'
  constructor(peerId: string, run: string) {
    super(`Peer ${peerId} asked for the model of run ${run}, but is no member of it here.`)
  }
}

/** A neighbour's parameters do not fit this run, or are not all finite numbers. */
export class InvalidCatchUpError extends StarlingError {
  override name = 'InvalidCatchUpError'
  constructor(peerId: string, reason: string) {
    super(`The model that peer ${peerId} sent to catch up with is refused: ${reason}.`)
  }
}
