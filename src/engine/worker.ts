/** A worker thread of the engine: opens a backend, keeps the loaded models, answers one request after the other. */
import { parentPort, type Transferable } from 'node:worker_threads'
import type { Answers, CallName, Reply, Request, SerialisedError, Takes } from './protocol.ts'
import { type OpenBackend, openBackend } from './tfjs/choose-backend.ts'
import { openSession, type Session } from './tfjs/session.ts'

const port = parentPort!
const sessions = new Map<number, Session>()
let backend: OpenBackend

type Handlers = {
  [Name in CallName]: (takes: Takes<Name>) => Answers<Name> | Promise<Answers<Name>>
}

const handlers: Handlers = {
  async open({ options }) {
    const { backend: wanted = 'auto', threads = 1, blas = 'off' } = options
    backend = await openBackend({ backend: wanted, threads, blas })
    const { name, device, gflops, skipped } = backend
    return { backend: name, device, gflops, skipped }
  },
  async load({ model, source, optimiser, train, test }) {
    const session = await openSession(backend, source, optimiser, { train, test })
    sessions.set(model, session)
    const { layout, optimiserStateSize, stackable } = session
    return { layout, optimiserStateSize, stackable }
  },
  train: ({ model, chunk }) => sessions.get(model)!.train(chunk),
  evaluate: ({ model, chunk }) => sessions.get(model)!.evaluate(chunk),
  forward: ({ model, parameters, inputs }) => sessions.get(model)!.forward(parameters, inputs),
  memory() {
    const { numTensors, numBytes } = backend.tf.memory()
    return { tensors: numTensors, bytes: numBytes }
  },
  unload({ model }) {
    sessions.get(model)?.dispose()
    sessions.delete(model)
    return null
  },
}

let last: Promise<void> = Promise.resolve()
port.on('message', (request: Request) => {
  last = last.then(() => answer(request))
})

async function answer({ id, call, takes }: Request): Promise<void> {
  try {
    const handler = handlers[call] as (takes: unknown) => unknown
    const value = await handler(takes)
    reply({ id, answer: value }, call === 'train' ? buffersOf(value as Answers<'train'>) : [])
  } catch (error) {
    reply({ id, error: serialise(error) }, [])
  }
}

function reply(message: Reply, transfer: readonly Transferable[]): void {
  port.postMessage(message, transfer)
}

/** A trained chunk goes back in the memory in which it came. */
function buffersOf({ parameters, optimiserState }: Answers<'train'>): Transferable[] {
  return [parameters.buffer, optimiserState.buffer] as ArrayBuffer[]
}

function serialise(error: unknown): SerialisedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} }
  const { name, message, ...fields } = Object.assign(
    { name: error.name, message: error.message },
    error,
  )
  return { name, message, fields }
}
