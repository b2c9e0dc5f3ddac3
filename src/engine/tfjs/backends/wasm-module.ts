/**
 * Starts TensorFlow.js' wasm backend on a memory that we can reach. Depends on details of version 4.22.0, which is
 * why package.json pins it: the emscripten glue in wasm-out/, and the functions that `BackendWasm` expects.
 */
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { TensorFlow } from './backend.ts'

interface EmscriptenModule {
  readonly asm: { readonly memory: WebAssembly.Memory }
  cwrap(name: string, returns: 'number' | null, takes: 'number'[]): (...values: number[]) => number
  tfjs?: object
}

type Factory = (options: {
  wasmMemory?: WebAssembly.Memory
  locateFile(name: string): string
}) => Promise<EmscriptenModule>

const require = createRequire(import.meta.url)
const GLUE = '@tensorflow/tfjs-backend-wasm/wasm-out'

/** 16 MiB to begin with, 4 GiB at most, as the glue itself would ask for. */
const SHARED_MEMORY = { initial: 256, maximum: 65_536, shared: true }

/** Makes `wasm` the current backend, on a private memory or on one that other threads can share. */
export async function startWasmModule(
  tf: TensorFlow,
  kind: 'private' | 'shared',
): Promise<WebAssembly.Memory> {
  const memory = kind === 'shared' ? new WebAssembly.Memory(SHARED_MEMORY) : undefined
  const module = await withoutNewListeners(() => loadModule(memory))
  module.tfjs = exportsForBackend(module)
  if (tf.findBackendFactory('wasm') !== null) tf.removeBackend('wasm')
  tf.registerBackend('wasm', () => new BackendWasm(module as never), 2)
  await tf.setBackend('wasm')
  return memory ?? module.asm.memory
}

function loadModule(wasmMemory: WebAssembly.Memory | undefined): Promise<EmscriptenModule> {
  const name = wasmMemory === undefined ? 'tfjs-backend-wasm' : 'tfjs-backend-wasm-threaded-simd'
  const glue = require.resolve(`${GLUE}/${name}.js`)
  const start: Factory = require(glue)
  const binary = wasmMemory === undefined ? 'tfjs-backend-wasm-simd.wasm' : `${name}.wasm`
  const idleThread = fileURLToPath(new URL('./idle-thread.cjs', import.meta.url))
  return start({
    ...(wasmMemory && { wasmMemory }),
    // The threads that the glue starts would be idle for ever: ours take their place, for all kernels.
    locateFile: (file) =>
      file.endsWith('.worker.js') ? idleThread : path.join(path.dirname(glue), binary),
  })
}

function exportsForBackend(module: EmscriptenModule): object {
  const withThreads = module.cwrap('init_with_threads_count', null, ['number'])
  return {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: () => withThreads(1),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  }
}

const HOOKED_EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/** The glue installs process-wide handlers that rethrow; errors of the program are none of its business. */
async function withoutNewListeners<T>(load: () => Promise<T>): Promise<T> {
  const before = HOOKED_EVENTS.map((event) => new Set(process.rawListeners(event)))
  try {
    return await load()
  } finally {
    HOOKED_EVENTS.forEach((event, i) => {
      for (const listener of process.rawListeners(event))
        if (!before[i]!.has(listener)) process.off(event, listener as () => void)
    })
  }
}
