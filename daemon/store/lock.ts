import { readFile, rm, writeFile } from 'node:fs/promises'
import { DirectoryLockedError } from './errors.ts'
import { isRunning, startOf } from './processes.ts'

export interface Lock {
  release(): Promise<void>
}

/** Two daemons started at the same moment may each find the other's stale lock; the loser tries again. */
const ATTEMPTS = 3

interface Holder {
  readonly pid: number
  /** Empty where the system does not tell. */
  readonly start: string
}

/**
 * Takes the lock file: the owner's process id, and on a second line when that process was started. A lock whose
 * process is gone, after a crash or a power cut, is taken over, also where another process has its number by now:
 * after a reboot, or in a container, where it is the same at every start.
 * @throws {DirectoryLockedError} naming the process that holds it.
 */
export async function acquireLock(path: string, directory: string): Promise<Lock> {
  const { pid } = process
  const start = await startOf(pid)
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, `${pid}\n${start}\n`, { flag: 'wx', mode: 0o600 })
      return { release: () => release(path, pid) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readHolder(path)
    const isHeld = holder !== undefined && (await holds(holder))
    if (isHeld || attempt === ATTEMPTS) throw new DirectoryLockedError(directory, holder?.pid ?? 0)
    await rm(path, { force: true })
  }
}

/** Whether a lock lies there whose process ended without giving it back. */
export async function isAbandoned(path: string): Promise<boolean> {
  const holder = await readHolder(path)
  return holder !== undefined && !(await holds(holder))
}

async function release(path: string, pid: number): Promise<void> {
  if ((await readHolder(path))?.pid === pid) await rm(path, { force: true })
}

/** Undefined for a lock that is gone, or was torn while being written. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const [number, start = ''] = text.split('\n')
  const pid = Number(number?.trim())
  return Number.isInteger(pid) && pid > 0 ? { pid, start } : undefined
}

/** Whether the process that wrote the lock is there still, and is no later one of the same number. */
async function holds({ pid, start }: Holder): Promise<boolean> {
  if (!(await isRunning(pid))) return false
  const now = await startOf(pid)
  return start === '' || now === '' || start === now
}
