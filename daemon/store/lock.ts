import { readFile, rm, writeFile } from 'node:fs/promises'
import { DirectoryLockedError } from './errors.ts'

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
  if (!isAlive(pid)) return false
  const now = await startOf(pid)
  return start === '' || now === '' || start === now
}

/**
 * When a process was started, as text that no other process of its number shares: the boot's id, and the clock ticks
 * since then (field 22 of `stat`; the second field, the program's name, may hold spaces). Linux only.
 */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]
    return `${boot} ${ticks}`
  } catch {
    return ''
  }
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
