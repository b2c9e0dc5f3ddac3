/**
 * A whole LSTM layer as one operation. What concerns all steps at once, the products with the inputs and the
 * gradients of the weights, are single matrix products over all sequences and steps.
 */
import type { Tensor } from '@tensorflow/tfjs'
import { biasGradient } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

export function registerLstm(host: KernelHost): Operations['lstm'] {
  const run = registerFused(host, {
    name: 'Lstm',
    save: ['x', 'w', 'u', 'b'],
    saveOutputs: [true, true, true],

    forward({ x, w, u, b }) {
      const { sequences, steps, inputs, units, wide, rows } = sizes(x!.shape, u!.shape)
      const gates = host.output([sequences, steps, wide])
      host.multiply({ batch: 1, m: rows, n: wide, k: inputs, a: x!, b: w!, bias: b!, c: gates })
      const [c, h] = [0, 1].map(() => host.output([sequences, steps, units])) as [
        typeof gates,
        typeof gates,
      ]
      const addresses = [u!, gates, c, h].map((tensor) => host.address(tensor))
      host.run(recurrence(host, 'lstm', sequences, steps, units), steps, units, ...addresses)
      return [h, gates, c]
    },

    gradient([dh], [x, w, u, b, h, gates, c]) {
      const { sequences, steps, inputs, units, wide, rows } = sizes(x!.shape, u!.shape)
      const dz = host.tensor(host.output(gates!.shape))
      const addresses = [u!, gates!, c!, dh!, dz].map((tensor) => host.address(tensor))
      const job = recurrence(host, 'lstmGradient', sequences, steps, units)
      host.run(job, sequences, steps, units, ...addresses)
      /** aᵀ · dz over all sequences and steps. */
      const weightGradient = (a: Tensor, like: Tensor): Tensor => {
        const result = host.output(like.shape)
        const sides = { m: like.shape[0]!, n: wide, k: rows }
        host.multiply({ batch: 1, ...sides, transposeA: true, a, b: dz, c: result })
        return host.tensor(result)
      }
      return {
        x() {
          const dx = host.output(x!.shape)
          const sides = { m: rows, n: inputs, k: wide }
          host.multiply({ batch: 1, ...sides, transposeB: true, a: dz, b: w!, c: dx })
          return host.tensor(dx)
        },
        w: () => weightGradient(x!, w!),
        u() {
          const before = host.tensor(host.output(h!.shape))
          const shift = { task: 'shiftSteps', units: sequences, operations: h!.size } as const
          host.run(shift, steps, units, host.address(h!), host.address(before))
          return weightGradient(before, u!)
        },
        b: () => biasGradient(host, dz, 1, b!.shape),
      }
    },
  })
  return (x, w, u, b) => run({ x, w, u, b }, {})[0]!
}

function recurrence(
  host: KernelHost,
  task: 'lstm' | 'lstmGradient',
  sequences: number,
  steps: number,
  units: number,
) {
  return {
    task,
    units: sequences,
    operations: 8 * sequences * steps * units * units,
    scratchBytes: host.kernels.lstmScratchBytes(sequences, units),
  }
}

function sizes(x: readonly number[], u: readonly number[]) {
  const [sequences, steps, inputs] = x as [number, number, number]
  const [units, wide] = u as [number, number]
  return { sequences, steps, inputs, units, wide, rows: sequences * steps }
}
