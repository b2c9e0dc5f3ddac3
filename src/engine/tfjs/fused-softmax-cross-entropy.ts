/** The loss of classification; its slope is computed with it and only scaled on the way back. */
import type { Scalar, Tensor1D } from '@tensorflow/tfjs'
import { asIntegers } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

export function registerSoftmaxCrossEntropy(host: KernelHost): Operations['softmaxCrossEntropy'] {
  const run = registerFused(host, {
    name: 'SoftmaxCrossEntropy',
    save: [],
    saveOutputs: [false, false, true],

    forward({ logits, labels }) {
      const { nodes, rows, classes } = sizes(logits!.shape)
      const total = host.output([])
      const perNode = host.output([nodes])
      const slopes = host.output(logits!.shape)
      const job = {
        task: 'softmaxCrossEntropy',
        units: nodes,
        operations: 20 * nodes * rows * classes,
      } as const
      const addresses = [logits!, labels!, perNode, slopes].map((tensor) => host.address(tensor))
      host.run(job, rows, classes, ...addresses)
      host.floats(total)[0] = host.floats(perNode).reduce((sum, loss) => sum + loss, 0)
      return [total, perNode, slopes]
    },

    gradient([dTotal, dPerNode], [slopes]) {
      return {
        logits() {
          const { nodes, rows, classes } = sizes(slopes!.shape)
          const dlogits = host.output(slopes!.shape)
          const job = { task: 'scaleSlopes', units: nodes, operations: slopes!.size } as const
          const addresses = [dTotal!, dPerNode!, slopes!, dlogits].map((tensor) =>
            host.address(tensor),
          )
          host.run(job, rows * classes, ...addresses)
          return host.tensor(dlogits)
        },
      }
    },
  })
  return (logits, labels) => {
    const [total, perNode] = run({ logits, labels: asIntegers(labels) }, {})
    return { total: total as Scalar, perNode: perNode as Tensor1D }
  }
}

function sizes(shape: readonly number[]) {
  const [rows, classes] = shape.slice(-2) as [number, number]
  return { nodes: shape.length === 3 ? shape[0]! : 1, rows, classes }
}
