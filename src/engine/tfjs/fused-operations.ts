/**
 * Our models' operations on kernels of our own, one file each. An operation is a kernel that the engine can record
 * on its tape, registered together with its gradient; gradients work on the tensors' memory directly and cannot be
 * differentiated again.
 */
import { registerConvolution } from './fused-convolution.ts'
import { registerDense } from './fused-dense.ts'
import { registerEmbedding } from './fused-embedding.ts'
import { registerGroupNorm } from './fused-group-norm.ts'
import { registerLstm } from './fused-lstm.ts'
import { registerMaxPool } from './fused-max-pool.ts'
import { registerSoftmaxCrossEntropy } from './fused-softmax-cross-entropy.ts'
import type { KernelHost } from './kernels/kernel-host.ts'
import type { Operations } from './operations.ts'

export function fusedOperations(host: KernelHost): Operations {
  return {
    dense: registerDense(host),
    conv2d: registerConvolution(host),
    groupNorm: registerGroupNorm(host),
    maxPool: registerMaxPool(host),
    embedding: registerEmbedding(host),
    lstm: registerLstm(host),
    softmaxCrossEntropy: registerSoftmaxCrossEntropy(host),
  }
}
