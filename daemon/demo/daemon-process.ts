/** One of the demo's daemons: a process of its own with its own data directory, identity and port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { StarlingError } from '../../src/runtime/errors.ts'
import { connectDaemon, type DaemonApi, DaemonError } from '../api/index.ts'
import { PROGRAM } from '../background.ts'
import { formatLogLine, logPath } from '../log.ts'

/** Lines of a dead daemon's log that are shown. */
const TAIL_LINES = 15
/** A daemon told to stop has ended by then, or is ended. */
const STOP_SECONDS = 10

/** A daemon of the demo ended before the demo did. */
export class DaemonDiedError extends StarlingError {
  override name = 'DaemonDiedError'
  constructor(name: string, how: string, tail: string) {
    super(`${name} ended in the middle of the demo (${how}). The end of its log:\n${tail}`)
  }
}

export class DaemonProcess {
  readonly name: string
  readonly directory: string
  readonly api: DaemonApi
  /** Rejects when the process ends without having been asked to. */
  readonly died: Promise<never>
  readonly #child: ChildProcess
  readonly #ready: Promise<void>
  #stopping = false
  #errors = ''

  constructor(name: string, directory: string) {
    this.name = name
    this.directory = directory
    this.api = connectDaemon(directory)
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0', '--no-mdns']
    // Also when the demo is killed and can stop nobody.
    const words = ['up', '--dir', directory, ...listen, '--with-parent']
    this.#child = spawn(process.execPath, [PROGRAM, ...words], {
      // A process group of its own: Ctrl-C on the terminal reaches the demo, which then stops the daemons in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString('utf8')).slice(-4000)
    })
    this.died = new Promise((_, reject) => {
      this.#child.on('error', (error) => reject(this.#death(error.message)))
      this.#child.on('exit', (code, signal) => {
        if (!this.#stopping) reject(this.#death(signal ?? `exit code ${code}`))
      })
    })
    this.died.catch(() => {}) // whoever cares races against it
    this.#ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: { error?: { name: string; message: string } }) => {
        if (message.error === undefined) resolve()
        else reject(new DaemonError(message.error.name, `${name}: ${message.error.message}`))
      })
    })
  }

  /** Resolves once the daemon answers. */
  ready(): Promise<void> {
    return Promise.race([this.#ready, this.died])
  }

  /** Asks the process to end; ends it after 10 s. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#hasEnded()) return
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), STOP_SECONDS * 1000)
    await ended
    clearTimeout(timer)
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stopping = true
    if (!this.#hasEnded()) this.#child.kill('SIGKILL')
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #death(how: string): DaemonDiedError {
    return new DaemonDiedError(this.name, how, this.#errors.trim() || this.#logTail())
  }

  #logTail(): string {
    try {
      const lines = readFileSync(logPath(this.directory), 'utf8').trimEnd().split('\n')
      return lines.slice(-TAIL_LINES).map(formatLogLine).join('\n')
    } catch {
      return '(it had written none)'
    }
  }
}
