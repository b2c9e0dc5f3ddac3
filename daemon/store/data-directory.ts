/** A daemon's data directory: identity, lock, version, runs. Layout: README.md. */
import { chmod, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from '../../src/learning/job.ts'
import { writeAtomically } from './atomic-write.ts'
import { CorruptFileError } from './errors.ts'
import { openIdentityKey, readIdentityKey } from './identity-key.ts'
import { acquireLock } from './lock.ts'
import { makeFolder } from './make-folder.ts'
import { migrate, readVersion } from './migrations.ts'
import {
  createRunDirectory,
  listRuns,
  openRunDirectory,
  type RunDirectory,
  type RunFacts,
  removeRunDirectory,
} from './run-directory.ts'

export interface DataDirectory {
  readonly path: string
  /** The secret 32-byte seed of the node's identity. */
  readonly seed: Uint8Array
  runIds(): Promise<string[]>
  createRun(
    id: string,
    content: { readonly manifest: Uint8Array; readonly job: Job; readonly facts: RunFacts },
  ): Promise<void>
  openRun<Event, Report, Received>(id: string): Promise<RunDirectory<Event, Report, Received>>
  removeRun(id: string): Promise<void>
  /**
   * What `parse` makes of the byte ledger; null where there is none. A damaged one is set aside as
   * `bytes.json.damaged`, so that the next call finds none.
   * @throws {CorruptFileError}
   */
  readLedger<T>(parse: (json: unknown) => T): Promise<T | null>
  writeLedger(ledger: unknown): Promise<void>
  /** Gives the lock back. */
  close(): Promise<void>
}

/**
 * Makes the directory and its identity where they are missing, without locking it: what `starling init` does.
 * Returns the identity's seed.
 * @throws {UnknownVersionError | KeyPermissionsError | InvalidKeyFileError}
 */
export async function initialiseDataDirectory(path: string): Promise<Uint8Array> {
  await readVersion(path)
  makeFolder(join(path, 'runs'), 0o700)
  await chmod(path, 0o700)
  return openIdentityKey(join(path, 'identity.key'))
}

/**
 * The seed of the identity that the directory has; undefined where it has none, or is not there. Changes nothing.
 * @throws {UnknownVersionError | KeyPermissionsError | InvalidKeyFileError}
 */
export async function readIdentity(path: string): Promise<Uint8Array | undefined> {
  await readVersion(path)
  return readIdentityKey(join(path, 'identity.key'))
}

/**
 * Opens the directory for a daemon, alone.
 * @throws {DirectoryLockedError} when another daemon uses it.
 * @throws {UnknownVersionError | MigrationError | KeyPermissionsError | InvalidKeyFileError}
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  makeFolder(path, 0o700)
  const lock = await acquireLock(join(path, 'lock'), path)
  try {
    await migrate(path)
    const seed = await initialiseDataDirectory(path)
    const runs = join(path, 'runs')
    return {
      path,
      seed,
      runIds: () => listRuns(runs),
      createRun: (id, content) => createRunDirectory(runs, id, content),
      removeRun: (id) => removeRunDirectory(runs, id),
      openRun: (id) => openRunDirectory(runs, id),
      readLedger: (parse) => readLedger(join(path, 'bytes.json'), parse),
      writeLedger: (ledger) =>
        writeAtomically(join(path, 'bytes.json'), `${JSON.stringify(ledger)}\n`),
      close: () => lock.release(),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function readLedger<T>(file: string, parse: (json: unknown) => T): Promise<T | null> {
  try {
    return parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    const aside = `${file}.damaged`
    await rename(file, aside)
    throw new CorruptFileError(
      file,
      `it is no byte ledger, counting starts anew (kept as ${aside})`,
    )
  }
}
