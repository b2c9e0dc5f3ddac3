/** The engine's workers: hands out calls, keeps them busy, and tells the callers when one ends. */
import { Worker } from 'node:worker_threads'
import { StarlingError } from '../runtime/errors.ts'
import { EngineCrashedError, EngineDisposedError } from './errors.ts'
import type { Answers, CallName, Reply, SerialisedError, Takes } from './protocol.ts'

/** Calls given to a worker ahead of time: one computes, the next one waits at its door. */
const BACKLOG = 2

/**
 * Mebibytes for the young objects of a worker. A step leaves some thousands of short-lived ones; left alone, V8 lets
 * them fill 128 MiB before it collects them, without being any faster.
 */
const YOUNG_OBJECTS = 48

/** What a call sends. Made only when a worker is free, so that a long queue holds no copies. */
export type Prepare<Name extends CallName> = () => {
  takes: Takes<Name>
  transfer?: readonly ArrayBuffer[]
}

interface Call {
  readonly name: CallName
  readonly prepare: Prepare<CallName>
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

export class WorkerPool {
  readonly #workers: readonly PooledWorker[]
  #waiting: Call[] = []
  /** Why no call can be served any more. */
  #ended: StarlingError | null = null

  constructor(workers: number) {
    this.#workers = Array.from(
      { length: workers },
      () => new PooledWorker({ onFree: () => this.#serve(), onEnd: (error) => this.#end(error) }),
    )
  }

  /** Whether it was disposed, or a worker crashed. */
  get ended(): boolean {
    return this.#ended !== null
  }

  /** Sends a call to whichever worker is free first. An aborted call that has begun is left to end unheard. */
  call<Name extends CallName>(
    name: Name,
    prepare: Prepare<Name>,
    signal?: AbortSignal,
  ): Promise<Answers<Name>> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) return reject(this.#ended)
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== call)
        reject(signal!.reason)
      }
      const call: Call = {
        name,
        prepare: prepare as Prepare<CallName>,
        resolve: (answer) => {
          signal?.removeEventListener('abort', onAbort)
          resolve(answer)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort)
          reject(error)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(call)
      this.#serve()
    })
  }

  /** Sends the same call to every worker. */
  callAll<Name extends CallName>(name: Name, takes: Takes<Name>): Promise<Answers<Name>[]> {
    return Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<Answers<Name>>((resolve, reject) => {
            if (this.#ended !== null) return reject(this.#ended)
            worker.send({ name, prepare: () => ({ takes }), resolve, reject })
          }),
      ),
    )
  }

  async dispose(): Promise<void> {
    this.#end(new EngineDisposedError())
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#workers.reduce((a, b) => (b.load < a.load ? b : a))
      if (worker.load >= BACKLOG) return
      worker.send(this.#waiting.shift()!)
    }
  }

  #end(error: StarlingError): void {
    if (this.#ended !== null) return
    this.#ended = error
    for (const call of this.#waiting.splice(0)) call.reject(error)
    for (const worker of this.#workers) worker.abandon(error)
  }
}

/** One worker thread. It keeps the process alive only while a call is with it. */
class PooledWorker {
  readonly #thread: Worker
  readonly #calls = new Map<number, Call>()
  readonly #onFree: () => void
  #nextId = 0

  constructor(listeners: { onFree: () => void; onEnd: (error: StarlingError) => void }) {
    this.#onFree = listeners.onFree
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
    this.#thread = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_OBJECTS },
    })
    this.#thread.unref()
    this.#thread.on('message', (reply: Reply) => this.#receive(reply))
    this.#thread.on('error', (error) => listeners.onEnd(new EngineCrashedError(error.message)))
    this.#thread.on('exit', (code) => listeners.onEnd(new EngineCrashedError(`exit code ${code}`)))
  }

  /** Calls that were sent and not answered. */
  get load(): number {
    return this.#calls.size
  }

  send(call: Call): void {
    const id = this.#nextId++
    try {
      const { takes, transfer = [] } = call.prepare()
      this.#thread.postMessage({ id, call: call.name, takes }, transfer)
    } catch (error) {
      call.reject(error)
      return
    }
    if (this.#calls.size === 0) this.#thread.ref()
    this.#calls.set(id, call)
  }

  /** Rejects every call in flight. */
  abandon(error: StarlingError): void {
    for (const call of this.#calls.values()) call.reject(error)
    this.#calls.clear()
    this.#thread.unref()
  }

  async terminate(): Promise<void> {
    this.#thread.ref() // or the process might end before the promise does
    await this.#thread.terminate()
  }

  #receive(reply: Reply): void {
    const call = this.#calls.get(reply.id)
    if (call === undefined) return
    this.#calls.delete(reply.id)
    if (this.#calls.size === 0) this.#thread.unref()
    if ('error' in reply) call.reject(revive(reply.error))
    else call.resolve(reply.answer as never)
    this.#onFree()
  }
}

function revive({ name, message, fields }: SerialisedError): StarlingError {
  return Object.assign(new StarlingError(message), fields, { name })
}
