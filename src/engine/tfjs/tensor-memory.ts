import type { Tensor } from '@tensorflow/tfjs'
import type { TensorFlow } from './backends/backend.ts'

/** The values of a float32 tensor where the backend itself keeps them, or null where they cannot be reached. */
export type MemoryOf = (tensor: Tensor) => Float32Array | null

/**
 * Memory that may be read and overwritten: spares a copy each way. Only for tensors that our own kernels alone
 * read: the stock wasm kernels of products and convolutions keep a packed copy of the weights they saw first, and
 * would go on computing with it.
 */
export function directMemory(tf: TensorFlow): MemoryOf {
  const backend = tf.backend() as { typedArrayFromHeap?(tensor: Tensor): Float32Array }
  return (tensor) => backend.typedArrayFromHeap?.(tensor) ?? null
}

/** For tensors that must be replaced to be changed. */
export const noDirectMemory: MemoryOf = () => null
