/** Files of a daemon: its data directory and everything in it. */
export {
  type DataDirectory,
  initialiseDataDirectory,
  openDataDirectory,
  readIdentity,
} from './data-directory.ts'
export {
  CorruptFileError,
  DirectoryLockedError,
  InvalidKeyFileError,
  KeyPermissionsError,
  MigrationError,
  UnknownRunError,
  UnknownVersionError,
} from './errors.ts'
export { readIdentityKey } from './identity-key.ts'
export type { JsonLines } from './json-lines.ts'
export { acquireLock, isAbandoned } from './lock.ts'
export { makeFolder } from './make-folder.ts'
export { readVersion } from './migrations.ts'
export { isRunning } from './processes.ts'
export type { RunDirectory } from './run-directory.ts'
