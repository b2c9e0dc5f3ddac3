/** What computes on this machine, proved by computing: the engine's own self-test and timed matrix product. */
import { createEngine } from '../../src/engine/index.ts'
import {
  BACKENDS,
  type BackendName,
  type EngineInfo,
  type EngineOptions,
} from '../../src/engine/interface.ts'
import type { CheckResult } from './check.ts'

/** The packages of backends that do not come with Starling. */
export const BACKEND_PACKAGES = {
  'tensorflow-gpu': {
    packages: ['@tensorflow/tfjs-node-gpu@4.22.0'],
    note: 'Its install script fetches libtensorflow, a large file; the machine needs an NVIDIA driver and the CUDA libraries that this release of TensorFlow.js asks for.',
  },
  tensorflow: {
    packages: ['@tensorflow/tfjs-node@4.22.0'],
    note: 'Its install script fetches libtensorflow, a large file.',
  },
  webgpu: {
    packages: ['@tensorflow/tfjs-backend-webgpu@4.22.0', 'webgpu'],
    note: 'It brings Dawn, a WebGPU implementation; the machine needs a GPU with a Vulkan, Metal or Direct3D 12 driver.',
  },
} as const satisfies Partial<Record<BackendName, { packages: readonly string[]; note: string }>>

export type InstallableBackend = keyof typeof BACKEND_PACKAGES

export function isInstallable(name: string): name is InstallableBackend {
  return Object.hasOwn(BACKEND_PACKAGES, name)
}

/** Starts an engine, keeps what it proved about itself, and ends it. */
export async function probeEngine(options: EngineOptions): Promise<EngineInfo> {
  const engine = await createEngine(options)
  try {
    return engine.info
  } finally {
    await engine.dispose()
  }
}

/** One check for what computes, one for each better backend passed over, one for OpenBLAS. */
export function describeEngine(info: EngineInfo): CheckResult[] {
  const speed = `${info.gflops.toFixed(1)} GFLOP/s in a 512 × 512 matrix product`
  const detail = `${info.backend}: ${info.device}, ${speed}, gradients verified`
  const main: CheckResult =
    info.backend === 'cpu'
      ? {
          name: 'engine',
          status: 'warn',
          detail,
          fix: 'Plain JavaScript is very slow. The reasons for each better backend follow.',
        }
      : { name: 'engine', status: 'ok', detail }
  return [main, ...info.skipped.map(describeSkipped)]
}

function describeSkipped({ backend, reason }: EngineInfo['skipped'][number]): CheckResult {
  const name = `engine ${backend}`
  // The engine's reason may end in the very advice that stands under `fix`.
  const detail = `not used: ${reason.replace(/: run `.*/, '')}`
  if (!isInstallable(backend)) return { name, status: 'warn', detail }
  // Nothing is wrong with a machine that has no GPU: this is an offer, not a warning.
  return { name, status: 'ok', detail, fix: `To use it: starling engine install ${backend}` }
}

/** Whether matrix products can go through OpenBLAS, tried by computing one with it. */
export async function checkOpenBlas(probe = probeEngine): Promise<CheckResult> {
  const name = 'openblas'
  try {
    const info = await probe({ backend: 'wasm', blas: 'on' })
    const detail = `${info.device}, ${info.gflops.toFixed(1)} GFLOP/s`
    return {
      name,
      status: 'ok',
      detail,
      fix: 'To use it: set blas = "auto" under [engine] in config.toml.',
    }
  } catch (error) {
    const detail = `not found: ${(error as Error).message.split('\n')[0]}`
    return {
      name,
      status: 'ok',
      detail,
      fix: 'For faster matrix products: apt install libopenblas0',
    }
  }
}

export interface BackendRow {
  readonly name: BackendName
  readonly available: boolean
  readonly device: string | null
  readonly gflops: number | null
  readonly reason: string | null
}

/** Tries every backend, each in an engine of its own. */
export async function listBackends(): Promise<BackendRow[]> {
  const rows: BackendRow[] = []
  for (const name of BACKENDS) {
    try {
      const { device, gflops } = await probeEngine({ backend: name })
      rows.push({ name, available: true, device, gflops, reason: null })
    } catch (error) {
      const reason = (error as Error).message.replace(/^the .* backend cannot be used: /, '')
      rows.push({ name, available: false, device: null, gflops: null, reason })
    }
  }
  return rows
}
