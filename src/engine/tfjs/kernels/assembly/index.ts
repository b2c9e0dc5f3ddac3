/**
 * Everything the host calls. Kernels whose first parameters are (begin, end, scratch) do a share of their work:
 * units [begin, end) of it, with `scratch` bytes of their own; the bits of the result never depend on the shares.
 */
export {
  convolutionScratchBytes,
  convolve,
  convolveFilterGradient,
  convolveInputGradient,
  filterGradientUnits,
} from './convolution'
export { CHUNK, relu, reluGradient } from './elementwise'
export { multiplyScratchBytes, useLinkedBlas } from './gemm'
export { multiplyBatch, multiplyColumns, multiplyRows, PRODUCT_UNIT } from './gemm-tasks'
export { groupNorm, groupNormGradient, sumPartials } from './group-norm'
export { lstm, lstmGradient, lstmScratchBytes, shiftSteps } from './lstm'
export { adam, sgd } from './optimisers'
export { maxPool, maxPoolGradient } from './pooling'
export { columnSums, gatherRows, segmentSum } from './rows'
export { scaleSlopes, softmaxCrossEntropy } from './softmax-cross-entropy'
