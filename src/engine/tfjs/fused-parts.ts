/** What the fused operations have in common: activations applied in place, their gradients, sums for biases. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs'
import type { Activation } from '../../model/spec.ts'
import type { KernelHost } from './kernels/kernel-host.ts'

export function activateInPlace(host: KernelHost, y: TensorInfo, activation: Activation): void {
  if (activation === 'relu') host.runElementwise('relu', sizeOf(y), host.address(y))
}

/** dy itself where there is no activation. */
export function passActivation(
  host: KernelHost,
  dy: Tensor,
  y: Tensor,
  activation: Activation,
): Tensor {
  if (activation === 'none') return dy
  const dz = host.output(dy.shape)
  host.runElementwise('reluGradient', dy.size, host.address(dy), host.address(y), host.address(dz))
  return host.tensor(dz)
}

/** The gradient of a bias: dz [K] × rows × width, summed over the rows. */
export function biasGradient(
  host: KernelHost,
  dz: Tensor,
  nodes: number,
  shape: readonly number[],
): Tensor {
  const db = host.output(shape)
  const width = shape.at(-1)!
  const rows = dz.size / nodes / width
  const job = { task: 'columnSums', units: nodes, operations: dz.size } as const
  host.run(job, rows, width, host.address(dz), host.address(db))
  return host.tensor(db)
}

/** The kernels read indices and labels as 32-bit integers. */
export function asIntegers(tensor: Tensor): Tensor {
  return tensor.dtype === 'int32' ? tensor : tensor.toInt()
}

export function sizeOf({ shape }: TensorInfo): number {
  return shape.reduce((product, side) => product * side, 1)
}
