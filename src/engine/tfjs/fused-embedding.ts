/** Rows of a table, by index. */
import { asIntegers, sizeOf } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'
import { segmentSum } from './segment-sums.ts'

export function registerEmbedding(host: KernelHost): Operations['embedding'] {
  const run = registerFused(host, {
    name: 'Embedding',
    save: ['table', 'ids'],
    saveOutputs: [],

    forward({ table, ids }) {
      const [count, width] = table!.shape as [number, number]
      const y = host.output([...ids!.shape, width])
      const rows = sizeOf(ids!)
      const addresses = [table!, ids!, y].map((tensor) => host.address(tensor))
      host.run(
        { task: 'gatherRows', units: rows, operations: rows * width },
        width,
        count,
        ...addresses,
      )
      return y
    },

    gradient: ([dy], [table, ids]) => ({
      table: () => host.tensor(segmentSum(host, dy!, ids!, table!.shape[0]!)),
    }),
  })
  return (table, ids) => run({ table, ids: asIntegers(ids) }, {})[0]!
}
