import { StarlingError } from '../../../../src/runtime/errors.ts'

/** A report that is not one, or says something impossible. */
export class InvalidReportError extends StarlingError {
  override name = 'InvalidReportError'
  readonly reason: string
  constructor(reason: string) {
    super(
      `A peer's report is refused: ${reason}. It is missing in the run's result; give all members the same version of starling.`,
    )
    this.reason = reason
  }
}

/** Reports for a run that this node does not own, or from a peer that is no member of it. */
export class ReportsRefusedError extends StarlingError {
  override name = 'ReportsRefusedError'
  constructor(peerId: string, run: string) {
    super(`Peer ${peerId} sent reports of run ${run}, but is no member of it or this is no owner.`)
  }
}
