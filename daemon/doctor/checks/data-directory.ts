import { constants } from 'node:fs'
import { access, mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readVersion, UnknownVersionError } from '../../store/index.ts'
import type { Check } from '../check.ts'

const NAME = 'data directory'

export const dataDirectory: Check = async ({ directory }) => {
  const entry = await stat(directory).catch((error: NodeJS.ErrnoException) => error)
  if (entry instanceof Error) {
    const fix = 'Give another directory with --dir, or correct the permissions on the way to it.'
    if (entry.code === 'ENOENT') {
      return (await canBeMade(directory))
        ? { name: NAME, status: 'ok', detail: `${directory}: made at the first start` }
        : { name: NAME, status: 'fail', detail: `${directory} cannot be made`, fix }
    }
    return { name: NAME, status: 'fail', detail: entry.message, fix }
  }
  if (!entry.isDirectory()) {
    const fix = 'Give a directory with --dir.'
    return { name: NAME, status: 'fail', detail: `${directory} is a file`, fix }
  }
  const isUsable = await access(directory, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (!isUsable) {
    const fix = `chown it to this user, then: chmod 700 ${directory}`
    return { name: NAME, status: 'fail', detail: `${directory} cannot be read and written`, fix }
  }
  const version = await readVersion(directory).catch((error: Error) => error)
  if (version instanceof UnknownVersionError) {
    const { found, known } = version
    const detail = `${directory} has version ${found}, this Starling knows up to ${known}`
    const fix = 'Start the newer Starling that wrote it, or use another directory (--dir).'
    return { name: NAME, status: 'fail', detail, fix }
  }
  if (version instanceof Error) {
    const fix = `Correct the permissions of ${join(directory, 'version')}.`
    return { name: NAME, status: 'fail', detail: version.message, fix }
  }
  const mode = entry.mode & 0o777
  const detail = `${directory}, mode ${mode.toString(8)}`
  if ((mode & 0o077) === 0) return { name: NAME, status: 'ok', detail }
  return {
    name: NAME,
    status: 'warn',
    detail: `${detail}: others may look in`,
    fix: `chmod 700 ${directory}`,
  }
}

/** Tried out beside the first part of the path that is missing: permissions alone do not tell. */
async function canBeMade(directory: string): Promise<boolean> {
  const parent = dirname(directory)
  try {
    await rmdir(await mkdtemp(join(parent, '.starling-doctor-')))
    return true
  } catch (error) {
    // Not "not found" where the parent is there: some file systems deny every new folder in these words.
    const { code } = error as NodeJS.ErrnoException
    const isThere = await access(parent).then(
      () => true,
      () => false,
    )
    return code === 'ENOENT' && !isThere && parent !== directory && canBeMade(parent)
  }
}
