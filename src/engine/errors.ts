import { StarlingError } from '../runtime/errors.ts'

/** Training left the range of finite numbers. */
export class DivergedError extends StarlingError {
  override name = 'DivergedError'
  /** Position of the job in the call; a caller's matter, not the user's. */
  readonly job: number
  constructor(job: number, loss: number) {
    const what = Number.isFinite(loss) ? 'parameters are no finite numbers' : `the loss is ${loss}`
    super(
      `Training diverged: ${what}. The learning rate (train.lr) is the likely cause: lower it, or set a ` +
        'warm-up schedule.',
    )
    this.job = job
  }
}

/** A worker of the engine ended while it was needed. Nothing it computed is lost but the calls in flight. */
export class EngineCrashedError extends StarlingError {
  override name = 'EngineCrashedError'
  constructor(reason: string) {
    super(
      `An engine worker ended unexpectedly (${reason}). Dispose this engine and create another; if it ran out of ` +
        'memory, use a smaller batch or fewer workers.',
    )
  }
}

/** A call on an engine, or on a model, after its `dispose`. */
export class EngineDisposedError extends StarlingError {
  override name = 'EngineDisposedError'
  constructor() {
    super('The engine, or this model in it, was disposed. Create or load another one.')
  }
}

/** An argument whose size does not fit the loaded model or its data. */
export class EngineInputError extends StarlingError {
  override name = 'EngineInputError'
  readonly argument: string
  constructor(argument: string, got: string, expected: string) {
    super(`${argument}: ${got}, but this call needs ${expected}.`)
    this.argument = argument
  }
}

/** A model from a file that cannot be trained faithfully, or that is not what the file format demands. */
export class UnsupportedModelError extends StarlingError {
  override name = 'UnsupportedModelError'
  constructor(reason: string) {
    super(`The model file cannot be used: ${reason}. See docs/models.md for what it may contain.`)
  }
}
