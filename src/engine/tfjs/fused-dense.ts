/** y = activation(x·w + b), for one node or for K at once. */
import type { TensorInfo } from '@tensorflow/tfjs'
import type { Activation } from '../../model/spec.ts'
import { activateInPlace, biasGradient, passActivation } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

export function registerDense(host: KernelHost): Operations['dense'] {
  const run = registerFused<{ activation: Activation }>(host, {
    name: 'Dense',
    save: ['x', 'w', 'b'],
    saveOutputs: [true],

    forward({ x, w, b }, { activation }) {
      const { nodes, batch, inputs, units } = sizes(x!, w!)
      const y = host.output([...x!.shape.slice(0, -1), units])
      host.multiply({ batch: nodes, m: batch, n: units, k: inputs, a: x!, b: w!, bias: b!, c: y })
      activateInPlace(host, y, activation)
      return y
    },

    gradient([dy], [x, w, b, y], { activation }) {
      const { nodes, batch, inputs, units } = sizes(x!, w!)
      const dz = passActivation(host, dy!, y!, activation)
      return {
        x() {
          const dx = host.output(x!.shape)
          const sides = { m: batch, n: inputs, k: units }
          host.multiply({ batch: nodes, ...sides, transposeB: true, a: dz, b: w!, c: dx })
          return host.tensor(dx)
        },
        w() {
          const dw = host.output(w!.shape)
          const sides = { m: inputs, n: units, k: batch }
          host.multiply({ batch: nodes, ...sides, transposeA: true, a: x!, b: dz, c: dw })
          return host.tensor(dw)
        },
        b: () => biasGradient(host, dz, nodes, b!.shape),
      }
    },
  })
  return (x, w, b, activation) => run({ x, w, b }, { activation })[0]!
}

function sizes(x: TensorInfo, w: TensorInfo) {
  const [batch, inputs] = x.shape.slice(-2) as [number, number]
  return { nodes: x.shape.length === 3 ? x.shape[0]! : 1, batch, inputs, units: w.shape.at(-1)! }
}
