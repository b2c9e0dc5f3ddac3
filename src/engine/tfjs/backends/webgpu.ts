/**
 * The WebGPU backend on Dawn (npm packages `@tensorflow/tfjs-backend-webgpu` and `webgpu`), not installed by
 * default. Drivers that emulate a GPU on the processor are refused: the wasm backend is far faster than they are.
 */
import * as tf from '@tensorflow/tfjs'
import { BackendUnavailableError, type LoadedBackend } from './backend.ts'

const SOFTWARE_ADAPTERS = /llvmpipe|lavapipe|swiftshader|software|basic render/i

/** Limits that the kernels need raised from WebGPU's modest defaults to what the adapter offers. */
const RAISED_LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const

interface Adapter {
  readonly info: { vendor: string; architecture: string; device: string; description: string }
  readonly limits: Record<string, number>
  requestDevice(descriptor: { requiredLimits: Record<string, number> }): Promise<Device>
}

interface Device {
  destroy(): void
}

interface Dawn {
  create(flags: string[]): { requestAdapter(): Promise<Adapter | null> }
  readonly globals: object
}

interface WebGpuPackage {
  readonly WebGPUBackend: new (device: Device, info: Adapter['info']) => tf.KernelBackend
}

export async function openWebGpu(): Promise<LoadedBackend> {
  const dawn: Dawn = await importOptional('webgpu')
  const gpu = dawn.create([])
  const adapter = await gpu.requestAdapter()
  if (adapter === null)
    throw new BackendUnavailableError('no GPU that WebGPU can use: check the graphics driver')
  const name = describe(adapter)
  if (SOFTWARE_ADAPTERS.test(name))
    throw new BackendUnavailableError(`only a software adapter is present (${name})`)
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(
      RAISED_LIMITS.map((limit) => [limit, adapter.limits[limit]!]),
    ),
  })
  installGlobals(dawn, gpu)
  const { WebGPUBackend }: WebGpuPackage = await importOptional('@tensorflow/tfjs-backend-webgpu')
  if (tf.findBackendFactory('webgpu') !== null) tf.removeBackend('webgpu')
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3)
  await tf.setBackend('webgpu')
  return {
    tf,
    device: `${name} through WebGPU`,
    operations: null,
    optimisers: null,
    dispose() {
      tf.removeBackend('webgpu')
      device.destroy()
    },
  }
}

/** The kernels read the enumerations and `navigator.gpu` that browsers have as globals. */
function installGlobals(dawn: Dawn, gpu: object): void {
  Object.assign(globalThis, dawn.globals)
  const navigator = { gpu, userAgent: 'node' }
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
}

function describe({ info }: Adapter): string {
  const words = [info.vendor, info.architecture, info.device, info.description]
  return words.filter((word) => word !== '').join(' ') || 'unnamed adapter'
}

// The name is a variable so that TypeScript does not look for the types of a package that may be absent.
async function importOptional<T>(name: string): Promise<T> {
  try {
    return await import(name)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new BackendUnavailableError(
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'not installed: run `starling engine install webgpu`'
        : `cannot be loaded: ${message.split('\n')[0]}`,
      { cause: error },
    )
  }
}
