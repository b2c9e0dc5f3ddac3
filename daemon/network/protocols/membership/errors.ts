import { StarlingError } from '../../../../src/runtime/errors.ts'

/** The other side said no; its reason is for the user. */
export class RefusedError extends StarlingError {
  override name = 'RefusedError'
  readonly reason: string
  constructor(reason: string) {
    super(`The run's owner refused: ${reason}`)
    this.reason = reason
  }
}

/** A response that does not answer the request. */
export class UnexpectedResponseError extends StarlingError {
  override name = 'UnexpectedResponseError'
  constructor(peerId: string) {
    super(`Peer ${peerId} answered something else than what was asked; it may run another version.`)
  }
}
