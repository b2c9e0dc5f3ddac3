import { StarlingError } from '../runtime/errors.ts'

/** Bytes that are no frame of a round. */
export class MalformedFrameError extends StarlingError {
  override name = 'MalformedFrameError'
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `Malformed frame: ${reason}. The sender is broken or runs another version; the frame is dropped.`,
      options,
    )
  }
}

/** A frame of another run than the one it was expected for. */
export class WrongRunError extends StarlingError {
  override name = 'WrongRunError'
  constructor() {
    super('The frame belongs to another run; it is dropped.')
  }
}

/** A model with NaN or infinity: mixing it in would destroy the receiver's own. */
export class NonFiniteValueError extends StarlingError {
  override name = 'NonFiniteValueError'
  /** Position of the first such value. */
  readonly index: number
  constructor(index: number) {
    super(
      `Value ${index} of the received model is not a finite number; the frame is dropped. The sender's training diverged: a lower learning rate helps.`,
    )
    this.index = index
  }
}

/** A payload that does not fit the model it is to be mixed into. */
export class PayloadMismatchError extends StarlingError {
  override name = 'PayloadMismatchError'
  readonly source: number
  constructor(source: number, received: number, expected: number) {
    super(
      `Node ${source} sent ${received} values where the model has ${expected}; check that both run the same job.`,
    )
    this.source = source
  }
}
