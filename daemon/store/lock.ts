import { readFile, rm, writeFile } from 'node:fs/promises'
import { DirectoryLockedError } from './errors.ts'

export interface Lock {
  release(): Promise<void>
}

/** Two daemons started at the same moment may each find the other's stale lock; the loser tries again. */
const ATTEMPTS = 3

/**
 * Takes the lock file, which holds the owner's process id. A lock whose process is gone, after a crash or a power
 * cut, is taken over.
 * @throws {DirectoryLockedError} naming the process that holds it.
 */
export async function acquireLock(
  path: string,
  directory: string,
  pid: number = process.pid,
): Promise<Lock> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, `${pid}\n`, { flag: 'wx', mode: 0o600 })
      return { release: () => release(path, pid) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readHolder(path)
    if (holder !== undefined && isAlive(holder)) throw new DirectoryLockedError(directory, holder)
    if (attempt === ATTEMPTS) throw new DirectoryLockedError(directory, holder ?? 0)
    await rm(path, { force: true })
  }
}

async function release(path: string, pid: number): Promise<void> {
  if ((await readHolder(path)) === pid) await rm(path, { force: true })
}

/** Undefined for a lock that is gone, or was torn while being written. */
async function readHolder(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const pid = Number(text.trim())
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** Signal 0 only asks. A process of another user answers "not permitted", and so is alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
