/** Rows added up by the segment that an integer assigns them to: the gradient of picking rows. */
import type { TensorInfo } from '@tensorflow/tfjs'
import { sizeOf } from './fused-parts.ts'
import type { KernelHost } from './kernels/kernel-host.ts'

/** x ids × (…), → segments × (…). */
export function segmentSum(
  host: KernelHost,
  x: TensorInfo,
  ids: TensorInfo,
  segments: number,
): TensorInfo {
  const sums = host.output([segments, ...x.shape.slice(ids.shape.length)])
  const rows = sizeOf(ids)
  const width = sizeOf(sums) / segments
  const addresses = [x, ids, sums].map((tensor) => host.address(tensor))
  host.kernels.segmentSum(rows, width, segments, ...(addresses as [number, number, number]))
  return sums
}
