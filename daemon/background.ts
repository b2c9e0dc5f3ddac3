/** Starts a daemon that outlives the command that starts it. */
import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StarlingError } from '../src/runtime/errors.ts'
import { connectDaemon, type DaemonApi, DaemonError } from './api/index.ts'
import { makeFolder } from './store/index.ts'

/** Seconds until a new daemon must answer. Loading libp2p takes one or two; a cold disk several. */
const START_SECONDS = 60

/** The daemon ended, or went silent, before it could say what was wrong. */
class StartFailedError extends StarlingError {
  override name = 'StartFailedError'
  constructor(reason: string, lastWords: string) {
    super(`The daemon did not start: ${reason}.${lastWords === '' ? '' : `\n${lastWords}`}`)
  }
}

/** What `up` tells the process that started it, see `announceReady` and cli/main.ts. */
type Message =
  | { readonly ready: true }
  | { readonly error: { readonly name: string; readonly message: string } }

/** The program itself, as source or as built. */
export const PROGRAM = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url),
)

/**
 * Said by a daemon once it answers on its socket, to whoever started it. Without anybody there it does nothing.
 * @param stay keep the line to that process open, to notice when it ends
 */
export function announceReady(stay = false): void {
  process.send?.({ ready: true } satisfies Message)
  if (!stay && process.connected) process.disconnect()
}

/** Fires when the process that started this one, and keeps a line to it, has ended in whatever way. */
export function parentGone(): AbortSignal {
  const gone = new AbortController()
  if (process.connected) process.once('disconnect', () => gone.abort())
  else gone.abort()
  return gone.signal
}

/**
 * Starts `starling up` in a process group of its own and waits until it answers.
 * @param flags further flags of `up`
 * @throws the daemon's own error where it could not start, {@link StartFailedError} where it died silently
 */
export async function startInBackground(
  directory: string,
  flags: readonly string[] = [],
): Promise<DaemonApi> {
  makeFolder(directory, 0o700)
  // What a crash prints goes to this file; the log proper is daemon.log.
  const outputPath = join(directory, 'daemon.out')
  const output = openSync(outputPath, 'a', 0o600)
  const before = fstatSync(output).size
  const child = spawn(process.execPath, [PROGRAM, 'up', '--dir', directory, ...flags], {
    cwd: directory,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new StartFailedError(reason, readFileSync(outputPath, 'utf8').slice(before).trim()))
      const timer = setTimeout(() => fail(`no answer in ${START_SECONDS} s`), START_SECONDS * 1000)
      const settle = () => clearTimeout(timer)
      child.on('error', (error) => fail(error.message))
      child.on('exit', (code, signal) => fail(signal ?? `exit code ${code}`))
      child.on('message', (message: Message) => {
        if ('ready' in message) resolve()
        else reject(new DaemonError(message.error.name, message.error.message))
      })
      child.once('exit', settle).once('message', settle).once('error', settle)
    })
  } catch (error) {
    child.kill()
    throw error
  } finally {
    child.removeAllListeners()
    if (child.connected) child.disconnect()
    child.unref()
  }
  return connectDaemon(directory)
}

/**
 * The running daemon, or a new one in the background where none runs.
 * @param check is awaited before one is started: what the daemon would refuse is not worth starting it
 */
export async function ensureDaemon(
  directory: string,
  note: (text: string) => void,
  check: () => Promise<void> = async () => {},
): Promise<DaemonApi> {
  const daemon = connectDaemon(directory)
  try {
    await daemon.status()
    return daemon
  } catch (error) {
    if ((error as Error).name !== 'NoDaemonError') throw error
  }
  await check()
  note(`No daemon is running for ${directory}: starting one in the background.`)
  return startInBackground(directory)
}
