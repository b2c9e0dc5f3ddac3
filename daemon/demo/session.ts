/** The demo's folder: the daemons' data directories while it runs, the report afterwards. */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { acquireLock, isAbandoned } from '../store/index.ts'

const PREFIX = 'starling-demo-'

/** Says that a demo is under way there. One that was killed leaves it behind. */
const LOCK = 'lock'

export interface Session {
  readonly folder: string
  /** From now on the folder is the user's. */
  release(): Promise<void>
}

/** @param root where the folder is made. @default the system's folder for temporary files */
export async function openSession(root = tmpdir()): Promise<Session> {
  const folder = mkdtempSync(join(root, PREFIX))
  const lock = await acquireLock(join(folder, LOCK), folder)
  return { folder, release: () => lock.release() }
}

/** Removes what demos of this user have left that were killed and could not. Their daemons end by themselves. */
export async function removeAbandoned(root = tmpdir()): Promise<void> {
  for (const name of readdirSync(root)) {
    const folder = join(root, name)
    if (!name.startsWith(PREFIX) || !isOwnFolder(folder)) continue
    try {
      if (await isAbandoned(join(folder, LOCK))) rmSync(folder, { recursive: true, force: true })
    } catch {
      // A daemon that is still ending may write there; the next demo finds it again.
    }
  }
}

function isOwnFolder(path: string): boolean {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  return entry?.isDirectory() === true && entry.uid === (process.getuid?.() ?? entry.uid)
}
