import { join } from 'node:path'
import { StarlingError } from '../../src/runtime/errors.ts'

/** Another daemon uses the data directory. */
export class DirectoryLockedError extends StarlingError {
  override name = 'DirectoryLockedError'
  readonly pid: number
  constructor(path: string, pid: number) {
    super(
      `The data directory ${path} is used by the daemon with process id ${pid}. ` +
        'Stop it with `starling down`, or start this one with another directory (--dir). ' +
        `If that process is no Starling daemon, remove ${join(path, 'lock')}.`,
    )
    this.pid = pid
  }
}

/** The identity's file can be read or written by other users of the machine. */
export class KeyPermissionsError extends StarlingError {
  override name = 'KeyPermissionsError'
  constructor(path: string, mode: number) {
    super(
      `${path} has mode ${mode.toString(8).padStart(4, '0')}: other users could take this node's identity. ` +
        `Run: chmod 600 ${path}`,
    )
  }
}

/** The identity's file does not hold a key. */
export class InvalidKeyFileError extends StarlingError {
  override name = 'InvalidKeyFileError'
  constructor(path: string) {
    super(
      `${path} does not hold a key (64 hexadecimal digits). Restore it from a backup, ` +
        'or remove it to start with a new identity: runs joined under the old one are then lost.',
    )
  }
}

/** The directory was written by a newer Starling, or its version file says nothing. */
export class UnknownVersionError extends StarlingError {
  override name = 'UnknownVersionError'
  readonly found: string
  readonly known: number
  constructor(path: string, found: string, known: number) {
    super(
      `The data directory ${path} has version ${found}, this Starling knows up to ${known}. ` +
        'Start the newer Starling that wrote it, or use another directory (--dir).',
    )
    this.found = found
    this.known = known
  }
}

/** A migration did not succeed; the directory keeps its version. */
export class MigrationError extends StarlingError {
  override name = 'MigrationError'
  constructor(from: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(
      `The data directory could not be brought from version ${from} to ${from + 1}: ${reason}. ` +
        'Nothing is lost; free the disk or correct the permissions and start again.',
      { cause },
    )
  }
}

/** A file of the store that does not hold what it should. */
export class CorruptFileError extends StarlingError {
  override name = 'CorruptFileError'
  readonly path: string
  constructor(path: string, reason: string) {
    super(`${path} is damaged: ${reason}. Restore it from a backup or remove it.`)
    this.path = path
  }
}

/** There is no run of that id in this data directory. */
export class UnknownRunError extends StarlingError {
  override name = 'UnknownRunError'
  constructor(id: string) {
    super(`There is no run ${id} here. \`starling runs\` lists those there are.`)
  }
}
