/** Max pooling as an operation with a gradient of its own. */
import type { KernelHost } from './kernels/kernel-host.ts'
import { maxPool, maxPoolGradient } from './max-pools.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

export function registerMaxPool(host: KernelHost): Operations['maxPool'] {
  const run = registerFused<{ size: number }>(host, {
    name: 'MaxPool',
    save: ['x'],
    saveOutputs: [true],
    forward: ({ x }, { size }) => maxPool(host, x!, size),
    gradient: ([dy], [x, y], { size }) => ({
      x: () => host.tensor(maxPoolGradient(host, dy!, x!, y!, size)),
    }),
  })
  return (x, size) => run({ x }, { size })[0]!
}
