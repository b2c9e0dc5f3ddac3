/** Group normalisation with its activation; the statistics of the forward pass serve the backward one. */
import type { Activation } from '../../model/spec.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

interface Attributes {
  readonly groups: number
  readonly epsilon: number
  readonly activation: Activation
}

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT

export function registerGroupNorm(host: KernelHost): Operations['groupNorm'] {
  const run = registerFused<Attributes>(host, {
    name: 'GroupNorm',
    save: ['x', 'scale'],
    saveOutputs: [true, true],

    forward({ x, scale, shift }, { groups, epsilon, activation }) {
      const { images, pixels, channels } = sizes(x!.shape)
      const y = host.output(x!.shape)
      const statistics = host.output([images, groups, 2])
      const scratchBytes = 2 * channels * FLOAT_BYTES
      const operations = 8 * images * pixels * channels
      host.run(
        { task: 'groupNorm', units: images, operations, scratchBytes },
        ...[pixels, channels, groups, epsilon, activation === 'relu' ? 1 : 0],
        ...[x!, scale!, shift!, y, statistics].map((tensor) => host.address(tensor)),
      )
      return [y, statistics]
    },

    gradient([dy], [x, scale, y, statistics], { groups, activation }) {
      const { images, pixels, channels } = sizes(x!.shape)
      const dx = host.output(x!.shape)
      const [dscale, dshift] = [host.output(scale!.shape), host.output(scale!.shape)]
      const partial = host.output([images, 2, channels])
      host.run(
        { task: 'groupNormGradient', units: images, operations: 12 * images * pixels * channels },
        ...[pixels, channels, groups, activation === 'relu' ? 1 : 0],
        ...[dy!, x!, y!, scale!, statistics!, dx, partial].map((tensor) => host.address(tensor)),
      )
      const sums = [partial, dscale, dshift].map((tensor) => host.address(tensor))
      host.kernels.sumPartials(images, channels, ...(sums as [number, number, number]))
      host.free(partial)
      const results = [dx, dscale, dshift].map((output) => host.tensor(output))
      return { x: () => results[0]!, scale: () => results[1]!, shift: () => results[2]! }
    },
  })
  return (x, scale, shift, options) => run({ x, scale, shift }, options)[0]!
}

function sizes(shape: readonly number[]) {
  const [images, height, width, channels] = shape as [number, number, number, number]
  return { images, pixels: height * width, channels }
}
