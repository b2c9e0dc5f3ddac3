/** Words for an error, as the user should see it. */
import { DaemonError } from '../api/index.ts'
import { InterruptedError } from '../lifecycle.ts'
import { paint } from './terminal.ts'

/** What the operating system's refusals mean and what to do about them. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not; look at its owner and permissions',
  EPERM: 'this user may not; look at its owner and permissions',
  EADDRINUSE: 'another program uses this address; choose another port with --listen',
  ENOSPC: 'the disk is full; make room and run the command again',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'something else of this name is in the way; move it',
  EISDIR: 'it is a folder, not a file',
  ERR_FS_EISDIR: 'it is a folder where a file should be; move it',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files; raise the limit with: ulimit -n 4096',
}

export function explain(error: unknown, verbose: boolean): string {
  if (error instanceof InterruptedError) return 'Interrupted.'
  const prefix = paint('red', 'starling:', process.stderr)
  if (!(error instanceof Error)) return `${prefix} ${String(error)}`
  const detail =
    verbose && error.stack !== undefined ? `\n${paint('dim', error.stack, process.stderr)}` : ''
  return `${prefix} ${messageOf(error)}${detail}`
}

/** What a refusal of the operating system means; undefined for one that is not known. */
export function refusalOf(code: string): string | undefined {
  return REFUSALS[code]
}

/** What an error says, and what to do where it does not say so itself. */
export function messageOf(error: NodeJS.ErrnoException): string {
  // Said where it was met, by the process that met it.
  if (error instanceof DaemonError) return error.message
  const refusal = refusalOf(error.code ?? '')
  if (refusal !== undefined) return `${error.path ?? error.message}: ${refusal}.`
  // Our own errors say what to do; one that was never given a name is a fault of the program.
  const isFault = ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'AssertionError'].includes(
    error.name,
  )
  return isFault
    ? `${error.message}\nThis should not have happened. With --verbose it says where it came from.`
    : error.message
}
