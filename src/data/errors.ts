import { StarlingError } from '../runtime/errors.ts'

/** A data file that does not hold what its format says. `file` is the path it was read from. */
export class DataFileError extends StarlingError {
  override name = 'DataFileError'
  readonly file: string
  readonly problem: string
  constructor(file: string, problem: string, fix: string) {
    super(`${file}: ${problem}. ${fix}`)
    this.file = file
    this.problem = problem
  }
}

/** The data set cannot be read from a node's own file or folder as the job describes it. */
export class OwnPartError extends StarlingError {
  override name = 'OwnPartError'
  readonly dataset: string
  constructor(dataset: string, reason: string) {
    super(`A node's own part of "${dataset}" cannot be read: ${reason}`)
    this.dataset = dataset
  }
}

/** Two nodes' data do not fit the same model. */
export class DataShapeError extends StarlingError {
  override name = 'DataShapeError'
  readonly difference: string
  constructor(difference: string) {
    super(
      `The data do not fit the job: ${difference}. ` +
        "Bring the file into the job's form, or ask the owner of the run for the job that fits it.",
    )
    this.difference = difference
  }
}

/** The partition asked for cannot be made of these examples. The message says what to change. */
export class PartitionError extends StarlingError {
  override name = 'PartitionError'
  readonly kind: string
  constructor(kind: string, reason: string) {
    super(`The "${kind}" partition cannot be made: ${reason}`)
    this.kind = kind
  }
}

/** A partition left nodes without any example. */
export class EmptyPartError extends StarlingError {
  override name = 'EmptyPartError'
  readonly ranks: readonly number[]
  constructor(kind: string, ranks: readonly number[]) {
    const named = ranks.slice(0, 5).join(', ') + (ranks.length > 5 ? ', …' : '')
    super(
      `The "${kind}" partition leaves ${ranks.length} node(s) without examples (rank ${named}). ` +
        'Use fewer nodes, more training examples, or another partition.',
    )
    this.ranks = ranks
  }
}
