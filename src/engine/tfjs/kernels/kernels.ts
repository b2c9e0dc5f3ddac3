/** What the binaries export, as seen from TypeScript: see assembly/index.ts and the files it names. */

/** Kernels whose work can be dealt to threads: (begin, end, scratch, …) in the binaries. The order is the protocol
 * between the threads of a pool. */
export const TASKS = [
  'multiplyBatch',
  'multiplyColumns',
  'multiplyRows',
  'convolve',
  'convolveFilterGradient',
  'convolveInputGradient',
  'relu',
  'reluGradient',
  'groupNorm',
  'groupNormGradient',
  'maxPool',
  'maxPoolGradient',
  'lstm',
  'lstmGradient',
  'shiftSteps',
  'gatherRows',
  'columnSums',
  'softmaxCrossEntropy',
  'scaleSlopes',
  'sgd',
  'adam',
] as const

export type Task = (typeof TASKS)[number]

type TaskKernel = (begin: number, end: number, scratch: number, ...rest: number[]) => void

export interface Kernels extends Record<Task, TaskKernel> {
  /** Adds up the images' shares of a group norm's gradients. */
  sumPartials(
    images: number,
    channels: number,
    partial: number,
    dscale: number,
    dshift: number,
  ): void
  segmentSum(rows: number, width: number, count: number, x: number, ids: number, to: number): void
  /** Floats in a unit of work of the element-wise kernels. */
  readonly CHUNK: { readonly value: number }
  /** Rows or columns in a unit of work of one matrix product. */
  readonly PRODUCT_UNIT: { readonly value: number }
  multiplyScratchBytes(): number
  convolutionScratchBytes(shape: number): number
  /** Units of work of a filter's gradient. */
  filterGradientUnits(shape: number): number
  lstmScratchBytes(sequences: number, units: number): number
  /** Multiply by the imported `sgemm` from now on. */
  useLinkedBlas(): void
}

/** A matrix product of a linked BLAS; addresses are offsets into the kernels' memory. */
export type Sgemm = (
  ta: number,
  tb: number,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: number,
  c: number,
  ldc: number,
) => void

export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  sgemm?: Sgemm,
): Kernels {
  const unlinked = (): never => {
    throw new Error('no BLAS is linked')
  }
  const env = { memory, sgemm: sgemm ?? unlinked, abort: unlinked }
  const kernels = new WebAssembly.Instance(module, { env }).exports as unknown as Kernels
  if (sgemm !== undefined) kernels.useLinkedBlas()
  return kernels
}
