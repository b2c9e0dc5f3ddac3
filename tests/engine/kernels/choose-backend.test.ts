import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { BACKENDS, type BackendName } from '../../../src/engine/interface.ts'
import {
  BackendUnavailableError,
  type OpenBackendFile,
} from '../../../src/engine/tfjs/backends/backend.ts'
import { openCpu } from '../../../src/engine/tfjs/backends/cpu.ts'
import { whyNotLoaded } from '../../../src/engine/tfjs/backends/tensorflow.ts'
import { openBackend } from '../../../src/engine/tfjs/choose-backend.ts'
import { plainOperations } from '../../../src/engine/tfjs/plain-operations.ts'

const OPTIONS = { backend: 'auto', threads: 1, blas: 'off' } as const

const absent = (reason: string): OpenBackendFile => {
  return async () => {
    throw new BackendUnavailableError(`${reason}\nand details`)
  }
}

/** Every backend absent, but for those given. */
function files(
  present: Partial<Record<BackendName, OpenBackendFile>>,
): Record<BackendName, OpenBackendFile> {
  const all = BACKENDS.map((name) => [name, present[name] ?? absent(`no ${name}`)])
  return Object.fromEntries(all)
}

describe('choosing a backend', () => {
  it('takes the best one present and says why each better one was skipped', async () => {
    const backend = await openBackend(OPTIONS, files({ webgpu: openCpu, cpu: openCpu }))
    expect(backend.name).toBe('webgpu')
    expect(backend.skipped).toEqual([
      { backend: 'tensorflow-gpu', reason: 'no tensorflow-gpu' },
      { backend: 'tensorflow', reason: 'no tensorflow' },
    ])
    expect(backend.gflops).toBeGreaterThan(0)
  })

  it('names what to install for the native backends, which this installation lacks', async () => {
    const { skipped } = await openBackend(OPTIONS)
    for (const { backend, reason } of skipped)
      expect(reason).toMatch(
        new RegExp(`not installed: run \`starling engine install ${backend}\`|GPU|adapter`),
      )
    expect(BACKENDS.slice(0, skipped.length)).toEqual(skipped.map(({ backend }) => backend))
  })

  it.each([
    ['MODULE_NOT_FOUND', 'Cannot find package', /not installed: run `starling engine install/],
    [undefined, 'The Node.js native addon module (tfjs_binding.node) can not be found', /scripts/],
    [
      'ERR_DLOPEN_FAILED',
      'libcudart.so.11: no such file\nsecond line',
      /loaded: libcudart.so.11: no such file$/,
    ],
  ])('tells what to do about a native backend that fails with %s', (code, message, expected) => {
    const error = Object.assign(new Error(message), code && { code })
    expect(whyNotLoaded('tensorflow-gpu', error)).toMatch(expected)
  })

  it('refuses a named backend that is absent instead of taking another', async () => {
    const opened = openBackend({ ...OPTIONS, backend: 'wasm' }, files({ cpu: openCpu }))
    await expect(opened).rejects.toThrow('the wasm backend cannot be used: no wasm')
  })

  it('skips a backend that computes wrong gradients', async () => {
    let disposed = false
    const wrong: OpenBackendFile = async () => {
      const loaded = await openCpu()
      const operations = plainOperations(tf)
      const dense: typeof operations.dense = (...inputs) => tf.mul(operations.dense(...inputs), 1.1)
      const dispose = () => void (disposed = true)
      return { ...loaded, operations: { ...operations, dense }, dispose }
    }
    const backend = await openBackend(OPTIONS, files({ wasm: wrong, cpu: openCpu }))
    expect(backend.name).toBe('cpu')
    expect(backend.skipped.at(-1)!.reason).toMatch(/computes wrong gradients/)
    expect(disposed).toBe(true)
  })

  it('holds no tensor after the proof', async () => {
    const backend = await openBackend({ ...OPTIONS, backend: 'wasm' })
    expect(tf.memory().numTensors).toBe(0)
    backend.dispose()
  })
})
