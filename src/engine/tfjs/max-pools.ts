/** Maximum over square windows that do not overlap, and its gradient, on our kernels. */
import type { TensorInfo } from '@tensorflow/tfjs'
import { sizeOf } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'

export function maxPool(host: KernelHost, x: TensorInfo, size: number): TensorInfo {
  const [images, height, width, channels] = x.shape as [number, number, number, number]
  const y = host.output([images, Math.floor(height / size), Math.floor(width / size), channels])
  const job = { task: 'maxPool', units: images, operations: sizeOf(x) } as const
  host.run(job, height, width, channels, size, host.address(x), host.address(y))
  return y
}

export function maxPoolGradient(
  host: KernelHost,
  dy: TensorInfo,
  x: TensorInfo,
  y: TensorInfo,
  size: number,
): TensorInfo {
  const [images, height, width, channels] = x.shape as [number, number, number, number]
  const dx = host.output(x.shape)
  const job = { task: 'maxPoolGradient', units: images, operations: 2 * sizeOf(x) } as const
  const addresses = [dy, x, y, dx].map((tensor) => host.address(tensor))
  host.run(job, height, width, channels, size, ...addresses)
  return dx
}
