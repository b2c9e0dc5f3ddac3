import type { Tensor } from '@tensorflow/tfjs'
import type { OptimiserOptions } from '../interface.ts'
import type { InPlaceOptimisers } from './in-place-optimisers.ts'

/** Applies one step's gradients to all tensors of a model. */
export interface Optimiser {
  /** Vectors of the layout's size that it keeps for each node: 0 to 2. */
  readonly moments: number
  step(change: {
    readonly weights: readonly Tensor[]
    readonly gradients: readonly Tensor[]
    /** One list of tensors a moment. */
    readonly moments: readonly (readonly Tensor[])[]
    readonly learningRate: number
    /** Number of this step in the node's life, the first being 1. */
    readonly step: number
  }): void
}

export function createOptimiser(options: OptimiserOptions, updates: InPlaceOptimisers): Optimiser {
  const { kind, momentum = 0, weightDecay = 0 } = options
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  if (kind === 'adam') {
    return {
      moments: 2,
      step({ weights, gradients, moments, learningRate, step }) {
        const [firsts, seconds] = moments as [readonly Tensor[], readonly Tensor[]]
        weights.forEach((tensor, index) => {
          updates.adam({
            weights: tensor,
            gradient: gradients[index]!,
            firstMoment: firsts[index]!,
            secondMoment: seconds[index]!,
            ...{ learningRate, weightDecay, beta1, beta2, epsilon, step },
          })
        })
      },
    }
  }
  return {
    moments: momentum === 0 ? 0 : 1,
    step({ weights, gradients, moments, learningRate }) {
      weights.forEach((tensor, index) => {
        updates.sgd({
          weights: tensor,
          gradient: gradients[index]!,
          velocity: moments[0]?.[index] ?? null,
          ...{ learningRate, weightDecay, momentum },
        })
      })
    },
  }
}
