/** Building a data set in a thread of its own. */
import { Worker } from 'node:worker_threads'
import type { Dataset, DatasetOptions, SourceFiles } from '../../src/data/index.ts'
import { StarlingError } from '../../src/runtime/errors.ts'

export interface BuildRequest {
  readonly options: DatasetOptions
  readonly files: SourceFiles
}

export type BuildAnswer =
  | { readonly dataset: Dataset }
  | {
      readonly error: {
        readonly name: string
        readonly message: string
        readonly fields: Readonly<Record<string, unknown>>
      }
    }

/** `build-worker` lies beside this file, as TypeScript or compiled. */
const WORKER = new URL(
  `./build-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
)

/**
 * `buildDataset` without keeping this thread busy. The arrays come back by transfer.
 * @throws what `buildDataset` throws, with its name, message and fields.
 */
export async function buildApart(
  request: BuildRequest,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Dataset> {
  signal?.throwIfAborted()
  const worker = new Worker(WORKER, {
    workerData: request,
    transferList: ownBuffers(request.files),
  })
  const abort = () => void worker.terminate()
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const answer = await new Promise<BuildAnswer>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(signal?.reason ?? new Error('the building thread ended')))
    })
    if ('dataset' in answer) return answer.dataset
    const { name, message, fields } = answer.error
    throw Object.assign(new StarlingError(message), fields, { name })
  } finally {
    signal?.removeEventListener('abort', abort)
    await worker.terminate()
  }
}

/** Below this (bytes), copying costs nothing, and Node may keep several files in one buffer. */
const SMALL = 64 * 1024

/** The files' memory, handed over instead of copied: nobody reads it here any more. */
function ownBuffers(files: SourceFiles): ArrayBuffer[] {
  return [...files.values()]
    .filter(({ bytes }) => bytes.length > SMALL && bytes.length === bytes.buffer.byteLength)
    .map(({ bytes }) => bytes.buffer as ArrayBuffer)
}
