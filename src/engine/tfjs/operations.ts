/**
 * The few tensor operations our models are made of. Two implementations: `plain-operations.ts` composes stock
 * TensorFlow.js operations and runs on every backend (and is the oracle); `fused-operations.ts` uses our own
 * kernels on the wasm backend's memory. Both are differentiable and agree to 1e-4 relative (tests hold it).
 *
 * Several nodes at once: every operation accepts an optional leading node axis K on all its arguments alike, so
 * that K nodes' models are trained by one call. `[K]` below marks that axis. Each node's slice of the result is
 * bit-identical to what a call for that node alone gives.
 */
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs'
import type { Activation } from '../../model/spec.ts'

export interface Operations {
  /** x [K] × B × I, w [K] × I × O, b [K] × O → [K] × B × O. */
  dense(x: Tensor, w: Tensor, b: Tensor, activation: Activation): Tensor
  /** x B × H × W × C, w kh × kw × C × O, b O → B × H' × W' × O. No node axis. */
  conv2d(
    x: Tensor,
    w: Tensor,
    b: Tensor,
    options: { stride: number; padding: 'same' | 'valid'; activation: Activation },
  ): Tensor
  /** x B × H × W × C, scale C, shift C. Statistics over H, W and C/groups. No node axis. */
  groupNorm(
    x: Tensor,
    scale: Tensor,
    shift: Tensor,
    options: { groups: number; epsilon: number; activation: Activation },
  ): Tensor
  /** Square windows, stride = size, 'valid'. The first maximum takes the gradient, as in PyTorch. */
  maxPool(x: Tensor, size: number): Tensor
  /** ids (int32) B × S, table V × D → B × S × D. */
  embedding(table: Tensor, ids: Tensor): Tensor
  /**
   * x B × T × I, inputWeights I × 4H, recurrentWeights H × 4H, bias 4H → B × T × H; gates i, f, g, o;
   * first h and c are zero.
   */
  lstm(x: Tensor, inputWeights: Tensor, recurrentWeights: Tensor, bias: Tensor): Tensor
  /** logits [K] × B × C, labels (int32) [K] × B → mean over B, summed over K: K independent losses' sum. */
  softmaxCrossEntropy(logits: Tensor, labels: Tensor): { total: Scalar; perNode: Tensor1D }
}
