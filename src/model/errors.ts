import { StarlingError } from '../runtime/errors.ts'

/** The chosen model cannot learn from the chosen data set. */
export class UnsuitableDataError extends StarlingError {
  override name = 'UnsuitableDataError'
  readonly model: string
  constructor(model: string, reason: string) {
    super(`Model "${model}" ${reason}. Choose another model or another data set in the job file.`)
    this.model = model
  }
}

/** A list of layers in which one does not fit on the one before it. */
export class InvalidModelError extends StarlingError {
  override name = 'InvalidModelError'
  readonly model: string
  constructor(model: string, layer: string, reason: string) {
    super(
      `Model "${model}", layer ${layer}: ${reason}. Change the model's options so that it fits.`,
    )
    this.model = model
  }
}

/** A model kept in a file was asked for, but its content was not handed over. */
export class MissingModelFileError extends StarlingError {
  override name = 'MissingModelFileError'
  readonly file: string
  constructor(file: string, expected: string) {
    super(`The model file "${file}" was not read: pass ${expected} to createModel.`)
    this.file = file
  }
}
