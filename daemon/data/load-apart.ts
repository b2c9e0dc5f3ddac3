/** Loading in a thread of its own: reading, inflating and parsing take seconds that the network must not wait for. */
import { Worker } from 'node:worker_threads'
import type { Dataset, DatasetOptions } from '../../src/data/index.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import type { FindOptions, LoadEvent, OwnPartOptions } from './interface.ts'

/** What to load; plain data. */
export type ApartRequest =
  | { readonly options: DatasetOptions; readonly find: Omit<FindOptions, 'signal' | 'onFile'> }
  | {
      readonly options: DatasetOptions
      readonly path: string
      readonly expected: OwnPartOptions['expected']
    }

/** What the thread says: events first, then how it ended. */
export type ApartReply =
  | { readonly event: LoadEvent }
  | { readonly dataset: Dataset }
  | {
      readonly error: {
        readonly name: string
        readonly message: string
        readonly fields: Readonly<Record<string, unknown>>
      }
    }

/** `load-worker` lies beside this file, as TypeScript or compiled. */
const WORKER = new URL(
  `./load-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
)

/**
 * The data set, its arrays on shared memory: nothing is copied on this thread, now or when an engine takes it.
 * @throws what loading here would throw, with its name, message and fields.
 */
export async function loadApart(
  request: ApartRequest,
  { signal, progress }: Pick<OwnPartOptions, 'signal' | 'progress'>,
): Promise<Dataset> {
  signal?.throwIfAborted()
  const worker = new Worker(WORKER, { workerData: request })
  const abort = () => void worker.terminate()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    return await new Promise<Dataset>((resolve, reject) => {
      worker.on('message', (reply: ApartReply) => {
        if ('event' in reply) progress?.(reply.event)
        else if ('dataset' in reply) resolve(reply.dataset)
        else reject(revive(reply.error))
      })
      worker.once('error', reject)
      worker.once('exit', () => reject(signal?.reason ?? new Error('the loading thread ended')))
    })
  } finally {
    signal?.removeEventListener('abort', abort)
    await worker.terminate()
  }
}

function revive({ name, message, fields }: Extract<ApartReply, { error: unknown }>['error']) {
  return Object.assign(new StarlingError(message), fields, { name })
}
