/** Convolutions of images B × H × W × C and their two gradients, dilation 1, on our kernels. */
import type { TensorInfo } from '@tensorflow/tfjs'
import type { KernelHost } from './kernels/kernel-host.ts'

export type ConvolutionInfo = ReturnType<KernelHost['tf']['backend_util']['computeConv2DInfo']>

/** y = x ∗ filter (+ bias). */
export function convolve(
  host: KernelHost,
  info: ConvolutionInfo,
  x: TensorInfo,
  filter: TensorInfo,
  bias?: TensorInfo,
): TensorInfo {
  const y = host.output(info.outShape)
  const start = bias === undefined ? 0 : host.address(bias)
  const job = { task: 'convolve', units: info.batchSize } as const
  runConvolution(host, info, job, host.address(x), host.address(filter), start, host.address(y))
  return y
}

export function inputGradient(
  host: KernelHost,
  info: ConvolutionInfo,
  dy: TensorInfo,
  filter: TensorInfo,
): TensorInfo {
  const dx = host.output(info.inShape)
  const job = { task: 'convolveInputGradient', units: info.batchSize } as const
  runConvolution(host, info, job, host.address(dy), host.address(filter), host.address(dx))
  return dx
}

export function filterGradient(
  host: KernelHost,
  info: ConvolutionInfo,
  x: TensorInfo,
  dy: TensorInfo,
): TensorInfo {
  const dfilter = host.output(info.filterShape)
  const units = host.kernels.filterGradientUnits(writeShape(host, info))
  const job = { task: 'convolveFilterGradient', units } as const
  const addresses = [host.address(x), host.address(dy), host.address(dfilter)]
  runConvolution(host, info, job, info.batchSize, ...addresses)
  return dfilter
}

function runConvolution(
  host: KernelHost,
  info: ConvolutionInfo,
  job: { task: 'convolve' | 'convolveInputGradient' | 'convolveFilterGradient'; units: number },
  ...rest: number[]
): void {
  const taps = info.filterHeight * info.filterWidth * info.inChannels
  const pixels = info.batchSize * info.outHeight * info.outWidth
  const operations = 2 * pixels * taps * info.outChannels
  const shape = writeShape(host, info)
  const scratchBytes = host.kernels.convolutionScratchBytes(shape)
  host.run({ ...job, operations, scratchBytes }, shape, ...rest)
}

/** Where the kernels read the shape. */
function writeShape(host: KernelHost, info: ConvolutionInfo): number {
  return host.convolutionShape([
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.outChannels,
    info.padInfo.top,
    info.padInfo.left,
    info.strideHeight,
    info.strideWidth,
    info.outHeight,
    info.outWidth,
  ])
}
