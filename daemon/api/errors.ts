/** What can go wrong between a command and the daemon it talks to. */
import { StarlingError } from '../../src/runtime/errors.ts'

/** Nobody answers on the data directory's socket: never started, stopped, or killed and its socket left behind. */
export class NoDaemonError extends StarlingError {
  override name = 'NoDaemonError'
  constructor(directory: string) {
    super(
      `No daemon is running for ${directory}. Start one with: starling up --detach --dir ${directory}`,
    )
  }
}

/** The daemon went away in the middle of an answer. */
export class DaemonGoneError extends StarlingError {
  override name = 'DaemonGoneError'
  constructor() {
    super('The daemon ended before it had answered. Its log says why: starling logs')
  }
}

/** The daemon did not answer in time. */
export class DaemonTimeoutError extends StarlingError {
  override name = 'DaemonTimeoutError'
  constructor(seconds: number) {
    super(
      `The daemon did not answer within ${seconds} s. Look at its log (starling logs) or stop it (starling down).`,
    )
  }
}

/** The running daemon speaks another version of the control API than this command. */
export class ApiVersionError extends StarlingError {
  override name = 'ApiVersionError'
  constructor(daemon: string, command: string) {
    super(
      `The running daemon speaks version ${daemon} of the control API, this command speaks ${command}. ` +
        'Restart it with this version: starling down, then starling up --detach',
    )
  }
}

/** A request that the daemon cannot make sense of. */
export class BadRequestError extends StarlingError {
  override name = 'BadRequestError'
}

/** An error raised inside the daemon, with the name and the message it had there. */
export class DaemonError extends StarlingError {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}
