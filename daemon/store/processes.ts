/** What the system tells of other processes. */
import { readFile } from 'node:fs/promises'

/** Whether a process is there. One that has ended, and whose parent has yet to take note (a zombie), is not. */
export async function isRunning(pid: number): Promise<boolean> {
  return isThere(pid) && (await statOf(pid))?.[STATE] !== 'Z'
}

/**
 * When a process was started, as text that no other process of its number shares: the boot's id, and the clock ticks
 * since then. Empty where the system does not tell; only Linux does.
 */
export async function startOf(pid: number): Promise<string> {
  const ticks = (await statOf(pid))?.[START]
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return ticks === undefined || boot === '' ? '' : `${boot.trim()} ${ticks}`
}

/** Signal 0 only asks. A process of another user answers "not permitted", and so is there. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where proc(5) has the third and the twenty-second field of `stat`, the first two taken away. */
const STATE = 3 - 3
const START = 22 - 3

/** The second field, the program's name, may hold spaces and brackets. */
async function statOf(pid: number): Promise<string[] | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}
