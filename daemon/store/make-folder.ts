import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StarlingError } from '../../src/runtime/errors.ts'

/** The file system at that place takes no folders, such as /proc. */
class NoFolderHereError extends StarlingError {
  override name = 'NoFolderHereError'
  constructor(path: string) {
    super(`The folder ${path} cannot be made: nothing can be written there. Give another path.`)
  }
}

/**
 * Makes a folder and those on the way to it; one that is there already stays as it is. Node's own `recursive` never
 * comes back from a file system that denies the new folder as "not found".
 * @throws {NoFolderHereError} and the system's own errors
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT') throw error
    const parent = dirname(path)
    if (existsSync(parent)) throw new NoFolderHereError(path)
    makeFolder(parent, mode)
    makeFolder(path, mode)
  }
}
