/**
 * The native backends: libtensorflow behind `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`. Neither is
 * installed by default, because their binaries (hundreds of megabytes) come from outside npm.
 */
import { createRequire } from 'node:module'
import { BackendUnavailableError, type LoadedBackend, type TensorFlow } from './backend.ts'

const require = createRequire(import.meta.url)

type NativeBackend = 'tensorflow-gpu' | 'tensorflow'

const PACKAGES: Record<NativeBackend, string> = {
  'tensorflow-gpu': '@tensorflow/tfjs-node-gpu',
  tensorflow: '@tensorflow/tfjs-node',
}

/** The package last opened here: two copies of libtensorflow in one process crash it. */
let opened: NativeBackend | undefined

export async function openTensorFlow(name: NativeBackend): Promise<LoadedBackend> {
  if (opened !== undefined && opened !== name)
    throw new BackendUnavailableError(`${PACKAGES[opened]} is loaded in this process already`)
  restoreRemovedUtilFunctions()
  const tf = requireNative(name)
  opened = name
  await tf.setBackend('tensorflow')
  const usesGpu =
    'isUsingGpuDevice' in tf.backend() && Boolean(Reflect.get(tf.backend(), 'isUsingGpuDevice'))
  if (name === 'tensorflow-gpu' && !usesGpu)
    throw new BackendUnavailableError(
      'installed, but TensorFlow finds no GPU: it needs an NVIDIA driver, CUDA 11 and cuDNN 8',
    )
  const device = usesGpu ? 'GPU through TensorFlow' : 'processor through TensorFlow'
  return { tf, device, operations: null, optimisers: null, dispose() {} }
}

/** By `require`, as they are CommonJS packages that are resolved at run time only. */
function requireNative(name: NativeBackend): TensorFlow {
  try {
    return require(PACKAGES[name])
  } catch (error) {
    throw new BackendUnavailableError(whyNotLoaded(name, error), { cause: error })
  }
}

/** What to tell the user about a failed import. */
export function whyNotLoaded(name: NativeBackend, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'MODULE_NOT_FOUND') return `not installed: run \`starling engine install ${name}\``
  if (message.includes('tfjs_binding'))
    return `its binary is missing: run \`starling engine install ${name}\` again, with install scripts allowed`
  return `cannot be loaded: ${message.split('\n')[0]}`
}

/** tfjs-node 4.22 calls three functions of `node:util` that Node 23 and later no longer have. */
function restoreRemovedUtilFunctions(): void {
  const util = require('node:util')
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isUndefined ??= (value: unknown) => value === undefined
  util.isArray ??= Array.isArray
}
