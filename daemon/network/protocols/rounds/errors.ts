import { StarlingError } from '../../../../src/runtime/errors.ts'

/** A peer sent frames of a run in which it has no part, or which this node does not train. */
export class NotAMemberError extends StarlingError {
  override name = 'NotAMemberError'
  constructor(peerId: string, run: string) {
    super(
      `Peer ${peerId} sent a frame of run ${run}, but is no member of it here; its stream is closed.`,
    )
  }
}
