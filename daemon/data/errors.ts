import { StarlingError } from '../../src/runtime/errors.ts'

/** The files of a data set are in none of the places where they are looked for. */
export class DatasetNotFoundError extends StarlingError {
  override name = 'DatasetNotFoundError'
  readonly dataset: string
  readonly places: readonly string[]
  readonly files: readonly string[]
  constructor(
    dataset: string,
    looked: {
      readonly places: readonly string[]
      readonly files: readonly string[]
      /** What else helps than placing the files. */
      readonly hint: string
    },
  ) {
    const list = (items: readonly string[]) => items.map((item) => `\n  ${item}`).join('')
    super(
      `The files of the data set "${dataset}" were not found. Wanted, plain or .gz:${list(looked.files)}\n` +
        `Looked in:${list(looked.places)}\n${looked.hint}`,
    )
    this.dataset = dataset
    this.places = looked.places
    this.files = looked.files
  }
}

/** A file is there and cannot be read: its rights, its kind, its size, or a broken gzip stream. */
export class UnreadableFileError extends StarlingError {
  override name = 'UnreadableFileError'
  readonly file: string
  constructor(file: string, reason: string) {
    super(`Cannot read ${file}: ${reason}`)
    this.file = file
  }
}

/** A job from another machine names a path outside the places for data. */
export class ForeignPathError extends StarlingError {
  override name = 'ForeignPathError'
  readonly path: string
  constructor(path: string) {
    super(
      `The job names the file "${path}". A job that came from another machine may only name files ` +
        'inside the data directories of this one; to train on a file elsewhere, give it as your own part.',
    )
    this.path = path
  }
}

/** A file that is not here yet, and where it belongs. */
export interface MissingFile {
  readonly url: string
  readonly bytes: number
  readonly target: string
}

/** An official file could not be fetched. `missing` are all that can be brought by hand instead, this one first. */
export class DownloadError extends StarlingError {
  override name = 'DownloadError'
  readonly url: string
  readonly reason: string
  readonly missing: readonly MissingFile[]
  constructor(reason: string, missing: readonly [MissingFile, ...MissingFile[]]) {
    const [{ url }] = missing
    const lines = missing.map(
      (file) => `\n  ${file.target}\n    ${file.bytes} bytes from ${file.url}`,
    )
    super(
      `Cannot fetch ${url}: ${reason}. Run the command again to go on where it stopped, or bring what is missing ` +
        `from a machine with a connection and put it here:${lines.join('')}`,
    )
    this.url = url
    this.reason = reason
    this.missing = missing
  }
}

/** A file was fetched whole and is not the official one. It has been deleted. */
export class ChecksumError extends StarlingError {
  override name = 'ChecksumError'
  readonly url: string
  readonly expected: string
  readonly found: string
  constructor(url: string, expected: string, found: string) {
    super(
      `${url} has the SHA-256 ${found} and the official file ${expected}; it was deleted. ` +
        'Try again later: the server or something on the way delivers another file.',
    )
    this.url = url
    this.expected = expected
    this.found = found
  }
}

/** An archive that is damaged, or without the file it should hold. */
export class ArchiveError extends StarlingError {
  override name = 'ArchiveError'
  readonly file: string
  constructor(file: string, reason: string) {
    super(`${file}: ${reason}. Delete it and fetch it again with: starling data pull`)
    this.file = file
  }
}

/** `starling data pull` was asked for a data set that has no official files. */
export class NotPullableError extends StarlingError {
  override name = 'NotPullableError'
  constructor(name: string, pullable: readonly string[]) {
    super(
      `There is nothing to fetch for "${name}". Official files exist for: ${pullable.join(', ')}.`,
    )
  }
}
