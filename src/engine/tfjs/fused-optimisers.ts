/** The update rules on our kernels, in place. */

import type { InPlaceOptimisers } from './in-place-optimisers.ts'
import type { KernelHost } from './kernels/kernel-host.ts'

export function fusedOptimisers(host: KernelHost): InPlaceOptimisers {
  return {
    sgd({ weights, gradient, velocity, learningRate, momentum, weightDecay }) {
      const v = velocity === null ? 0 : host.address(velocity)
      const addresses = [host.address(weights), host.address(gradient), v]
      host.runElementwise('sgd', weights.size, ...addresses, learningRate, momentum, weightDecay)
    },

    adam({ weights, gradient, firstMoment, secondMoment, beta1, beta2, ...rest }) {
      const tensors = [weights, gradient, firstMoment, secondMoment]
      host.runElementwise(
        'adam',
        weights.size,
        ...tensors.map((tensor) => host.address(tensor)),
        ...[rest.learningRate, beta1, beta2, 1 - beta1, 1 - beta2, rest.epsilon, rest.weightDecay],
        ...[1 / (1 - beta1 ** rest.step), 1 / (1 - beta2 ** rest.step)],
      )
    },
  }
}
