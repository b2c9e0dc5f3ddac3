/** Files and folders that the user has asked for with --out. */
import { makeFolder } from '../store/index.ts'
import { UsageError } from './errors.ts'
import { refusalOf } from './explain.ts'

/** Refusals that another path would not meet. A full disk is none of them. */
const PATH_REFUSALS: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ERR_FS_EISDIR',
  'EEXIST',
  'EACCES',
  'EPERM',
  'EROFS',
])

/** @throws {UsageError} where the path that was given cannot be written to */
export async function writingTo<T>(path: string, write: () => Promise<T> | T): Promise<T> {
  try {
    return await write()
  } catch (error) {
    const { code = '', path: at = path } = error as NodeJS.ErrnoException
    if (!PATH_REFUSALS.has(code)) throw error
    throw new UsageError(`Cannot write ${at}: ${refusalOf(code)}. Give another path with --out.`)
  }
}

/** @throws {UsageError} where there can be no such folder */
export function makeOutputFolder(path: string): Promise<void> {
  return writingTo(path, () => makeFolder(path))
}
