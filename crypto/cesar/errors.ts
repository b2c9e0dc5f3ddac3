/** Why a node takes no part in a sum, or does not adopt it. Never a fault of this process: the round goes on without it. */
export class SumRefusedError extends Error {
  override name = 'SumRefusedError'
}

/** A step of the protocol taken twice or out of order: a fault of the calling code. */
export class SpentPhaseError extends Error {
  override name = 'SpentPhaseError'
  constructor(phase: string) {
    super(`the phase "${phase}" of this sum was left before: each is taken once`)
  }
}
