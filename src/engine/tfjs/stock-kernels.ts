/**
 * Kernels that replace those of the stock wasm backend which are slow (products with transposes or batches, the
 * gradients of convolution), wrong (the gradient of max pooling, wherever windows overlap, leave gaps or are padded),
 * copy without need (identity, cast to the same type) or are missing.
 * So every model made of stock operations trains on the wasm backend. What ours do not cover (other layouts,
 * dilation, integers) falls through to the stock kernel or to the cpu backend's.
 */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs'
import type { TensorFlow } from './backends/backend.ts'
import { borrowKernel } from './backends/borrow-from-cpu.ts'
import { type ConvolutionInfo, convolve, filterGradient, inputGradient } from './convolutions.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import { maxPoolGradient } from './max-pools.ts'
import { type Inputs, registerKernel } from './register-kernel.ts'
import { segmentSum } from './segment-sums.ts'

type Attributes = Record<string, unknown>

/** Undefined: not covered. */
type Replacement = (inputs: Inputs, attributes: Attributes) => TensorInfo | undefined

/** What ours fall through to, remembered from the first time that a kernel is replaced. */
const originals = new Map<string, KernelFunc>()

/** Stock kernels that are not worth falling through to. */
const WRONG = new Set(['MaxPoolGrad'])

export function replaceStockKernels(host: KernelHost): void {
  const replacements: Record<string, Replacement> = {
    BatchMatMul: (inputs, attributes) => batchMatMul(host, inputs, attributes),
    Conv2D: ({ x, filter }, attributes) => {
      const info = convolutionInfo(host.tf, x!.shape, filter!.shape, attributes)
      return info && allFloats(x!, filter!) ? convolve(host, info, x!, filter!) : undefined
    },
    Conv2DBackpropInput: ({ dy, filter }, attributes) => {
      const shape = attributes['inputShape'] as number[]
      const info = convolutionInfo(host.tf, shape, filter!.shape, attributes)
      return info && allFloats(dy!, filter!) ? inputGradient(host, info, dy!, filter!) : undefined
    },
    Conv2DBackpropFilter: ({ x, dy }, attributes) => {
      const shape = attributes['filterShape'] as number[]
      const info = convolutionInfo(host.tf, x!.shape, shape, attributes)
      return info && allFloats(x!, dy!) ? filterGradient(host, info, x!, dy!) : undefined
    },
    UnsortedSegmentSum: ({ x, segmentIds }, { numSegments }) =>
      allFloats(x!) ? segmentSum(host, x!, segmentIds!, numSegments as number) : undefined,
    MaxPoolGrad: ({ dy, input, output }, attributes) => {
      const size = plainWindow(host.tf, input!.shape, attributes)
      return size === undefined ? undefined : maxPoolGradient(host, dy!, input!, output!, size)
    },
    Identity: ({ x }) => host.share(x!, x!.shape),
    Cast: ({ x }, { dtype }) => (x!.dtype === dtype ? host.share(x!, x!.shape) : undefined),
  }
  for (const [name, replacement] of Object.entries(replacements))
    replace(host.tf, name, replacement)
}

function replace(tf: TensorFlow, name: string, replacement: Replacement): void {
  if (!originals.has(name))
    originals.set(name, (WRONG.has(name) ? undefined : stock(tf, name)) ?? borrowKernel(tf, name))
  const original = originals.get(name)!
  registerKernel(tf, name, (call) => {
    const { inputs, attrs } = call
    return replacement(inputs as Inputs, (attrs ?? {}) as Attributes) ?? original(call)
  })
}

function stock(tf: TensorFlow, name: string): KernelFunc | undefined {
  return tf.getKernel(name, 'wasm')?.kernelFunc
}

function batchMatMul(
  host: KernelHost,
  { a, b }: Inputs,
  { transposeA, transposeB }: Attributes,
): TensorInfo | undefined {
  const [rowsA, columnsA] = a!.shape.slice(-2) as [number, number]
  const [rowsB, columnsB] = b!.shape.slice(-2) as [number, number]
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA]
  const n = transposeB ? rowsB : columnsB
  const [batchA, batchB] = [a!, b!].map(({ shape }) =>
    host.tf.util.sizeFromShape(shape.slice(0, -2)),
  ) as [number, number]
  const broadcasts = batchA !== batchB && batchA !== 1 && batchB !== 1
  if (broadcasts || !allFloats(a!, b!)) return undefined
  const outer = (batchA >= batchB ? a! : b!).shape.slice(0, -2)
  const c = host.output([...outer, m, n])
  const batch = Math.max(batchA, batchB)
  host.multiply({
    ...{ batch, m, n, k, a: a!, b: b!, c },
    ...{ transposeA: Boolean(transposeA), transposeB: Boolean(transposeB) },
    ...{ shareA: batchA < batch, shareB: batchB < batch },
  })
  return c
}

type Shape4D = [number, number, number, number]

/** Undefined where our kernels do not serve: other layouts than NHWC, and dilation. */
function convolutionInfo(
  tf: TensorFlow,
  xShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: Attributes,
): ConvolutionInfo | undefined {
  if ((dataFormat ?? 'NHWC') !== 'NHWC') return undefined
  const info = tf.backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    strides as number,
    (dilations ?? 1) as number,
    pad as 'same',
    dimRoundingMode as 'floor',
  )
  return info.dilationHeight === 1 && info.dilationWidth === 1 ? info : undefined
}

/** The side of windows that are square, do not overlap and start at the corner; else undefined. */
function plainWindow(
  tf: TensorFlow,
  shape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: Attributes,
): number | undefined {
  const info = tf.backend_util.computePool2DInfo(
    shape as Shape4D,
    filterSize as number,
    strides as number,
    1,
    pad as 'same',
    dimRoundingMode as 'floor',
  )
  const size = info.filterHeight
  const sides = [info.filterWidth, info.strideHeight, info.strideWidth]
  const padding = Object.values(info.padInfo).filter((value) => typeof value === 'number')
  return sides.every((side) => side === size) &&
    padding.every((value) => value === 0) &&
    info.outHeight === Math.floor(info.inHeight / size) &&
    info.outWidth === Math.floor(info.inWidth / size)
    ? size
    : undefined
}

function allFloats(...tensors: TensorInfo[]): boolean {
  return tensors.every(({ dtype }) => dtype === 'float32')
}
