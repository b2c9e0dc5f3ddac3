/** How a process of ours ends: in order on the first signal, at once on the second. */
import { constants } from 'node:os'

/** A graceful end must be over by then; whoever waits for it may count on that. */
const GRACE_SECONDS = 10

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface StopOptions {
  /** Saves what must be saved. After 10 s the process ends anyway. */
  stop(signal: NodeJS.Signals): Promise<void> | void
  /** Called with a line for the user, who would otherwise not know that a second Ctrl-C helps. */
  note?(text: string): void
}

/**
 * Runs `stop` on the first SIGINT, SIGTERM or SIGHUP. A second signal ends the process at once, with the status
 * that shells give to it (130 for Ctrl-C).
 * @returns a function that takes the signal handlers away again
 */
export function stopOnSignal({ stop, note }: StopOptions): () => void {
  let stopping = false
  const end = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal])
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) end(signal)
    stopping = true
    note?.(`Stopping; ${signal === 'SIGINT' ? 'Ctrl-C' : 'a signal'} again ends it at once.`)
    setTimeout(() => {
      note?.(`Not stopped after ${GRACE_SECONDS} s: ending at once.`)
      end(signal)
    }, GRACE_SECONDS * 1000).unref()
    void stop(signal)
  }
  for (const signal of SIGNALS) process.on(signal, handle)
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle)
  }
}

/** Thrown out of whatever a user interrupted. */
export class InterruptedError extends Error {
  override name = 'InterruptedError'
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super('Interrupted.')
    this.signal = signal
  }
}

/** Runs `work` with a signal that Ctrl-C aborts, for commands that take long or follow something. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  note?: (text: string) => void,
): Promise<T> {
  const controller = new AbortController()
  const release = stopOnSignal({
    stop: (signal) => controller.abort(new InterruptedError(signal)),
    ...(note && { note }),
  })
  try {
    return await work(controller.signal)
  } finally {
    release()
  }
}
