/** y = activation(x ∗ w + b). */
import type { TensorInfo } from '@tensorflow/tfjs'
import type { Activation } from '../../model/spec.ts'
import { type ConvolutionInfo, convolve, filterGradient, inputGradient } from './convolutions.ts'
import { activateInPlace, biasGradient, passActivation } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'
import { registerFused } from './register-kernel.ts'

interface Attributes {
  readonly stride: number
  readonly padding: 'same' | 'valid'
  readonly activation: Activation
}

type Shape4D = [number, number, number, number]

export function registerConvolution(host: KernelHost): Operations['conv2d'] {
  const describe = (
    x: TensorInfo,
    w: TensorInfo,
    { stride, padding }: Attributes,
  ): ConvolutionInfo =>
    host.tf.backend_util.computeConv2DInfo(
      x.shape as Shape4D,
      w.shape as Shape4D,
      stride,
      1,
      padding,
    )

  const run = registerFused<Attributes>(host, {
    name: 'Convolution',
    save: ['x', 'w', 'b'],
    saveOutputs: [true],

    forward({ x, w, b }, attributes) {
      const y = convolve(host, describe(x!, w!, attributes), x!, w!, b!)
      activateInPlace(host, y, attributes.activation)
      return y
    },

    gradient([dy], [x, w, b, y], attributes) {
      const info = describe(x!, w!, attributes)
      const dz = passActivation(host, dy!, y!, attributes.activation)
      return {
        x: () => host.tensor(inputGradient(host, info, dz, w!)),
        w: () => host.tensor(filterGradient(host, info, x!, dz)),
        b: () => biasGradient(host, dz, 1, b!.shape),
      }
    },
  })
  return (x, w, b, options) => run({ x, w, b }, options)[0]!
}
