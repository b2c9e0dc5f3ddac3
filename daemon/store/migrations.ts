/**
 * The layout of a data directory has a version. A newer Starling brings an older directory up to date, step by step
 * and before anything else touches it; an older Starling refuses a newer directory.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from './atomic-write.ts'
import { MigrationError, UnknownVersionError } from './errors.ts'

/**
 * Changes a directory of version n to n + 1, n being its place in the list. It may be run again after having failed
 * half-way, so each step must leave what is already done as it is.
 */
export type Migration = (directory: string) => Promise<void>

/** Version 0 was never released: the first entry will be the step from 1 to 2. */
const migrations: readonly Migration[] = []

/** The version of an empty list of migrations. */
const FIRST_VERSION = 1

/**
 * Brings `directory` to the newest version; a directory without a version file is new.
 * @throws {UnknownVersionError} for a newer or unreadable version, {@link MigrationError} when a step fails.
 */
export async function migrate(
  directory: string,
  steps: readonly Migration[] = migrations,
): Promise<void> {
  const newest = FIRST_VERSION + steps.length
  const path = join(directory, 'version')
  const found = await readVersion(directory, steps)
  if (found === undefined) {
    await writeAtomically(path, `${newest}\n`)
    return
  }
  for (let version = found; version < newest; version++) {
    try {
      await steps[version - FIRST_VERSION]!(directory)
    } catch (error) {
      throw new MigrationError(version, error)
    }
    // Written after each step: a failure later on does not repeat those before.
    await writeAtomically(path, `${version + 1}\n`)
  }
}

/**
 * The version of `directory`; undefined where it has none, because it is new. Changes nothing.
 * @throws {UnknownVersionError} for a newer or unreadable version
 */
export async function readVersion(
  directory: string,
  steps: readonly Migration[] = migrations,
): Promise<number | undefined> {
  const text = await readFile(join(directory, 'version'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (text === undefined) return undefined
  const newest = FIRST_VERSION + steps.length
  const version = Number(text.trim())
  if (!Number.isInteger(version) || version < FIRST_VERSION || version > newest) {
    throw new UnknownVersionError(directory, text.trim().slice(0, 20) || '(empty)', newest)
  }
  return version
}
