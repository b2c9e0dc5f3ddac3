/** Entering kernels into TensorFlow.js' registry, again and again in one process: a backend may be reopened. */
import type {
  GradFunc,
  KernelFunc,
  NamedAttrMap,
  NamedTensorInfoMap,
  Tensor,
  TensorInfo,
} from '@tensorflow/tfjs'
import type { TensorFlow } from './backends/backend.ts'
import type { KernelHost } from './kernels/kernel-host.ts'

export type Inputs = Record<string, TensorInfo>

/** Registers a kernel for the wasm backend, in place of what bears its name. */
export function registerKernel(tf: TensorFlow, kernelName: string, kernelFunc: KernelFunc): void {
  if (tf.getKernel(kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernelName, 'wasm')
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc })
}

interface FusedKernel<Attributes> {
  readonly name: string
  forward(inputs: Inputs, attributes: Attributes): TensorInfo | TensorInfo[]
  /** Names of the inputs that the gradient needs; they precede the outputs in `saved`. */
  readonly save: string[]
  /** Which outputs it needs. */
  readonly saveOutputs: boolean[]
  /** One function for each input that has a gradient; only those wanted are called. */
  gradient(dy: Tensor[], saved: Tensor[], attributes: Attributes): Record<string, () => Tensor>
}

/** Registers a kernel with its gradient and returns what runs it on tensors. */
export function registerFused<Attributes extends object>(
  { tf }: KernelHost,
  { name, forward, save, saveOutputs, gradient }: FusedKernel<Attributes>,
): (inputs: Record<string, Tensor>, attributes: Attributes) => Tensor[] {
  const kernelName = `Fused${name}`
  const kernelFunc = ({ inputs, attrs }: { inputs: NamedTensorInfoMap; attrs?: unknown }) =>
    forward(inputs as Inputs, attrs as Attributes)
  const gradFunc = (dy: Tensor | Tensor[], saved: Tensor[], attributes: unknown) =>
    gradient([dy].flat() as Tensor[], saved, attributes as Attributes)
  registerKernel(tf, kernelName, kernelFunc as KernelFunc)
  if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName)
  tf.registerGradient({
    kernelName,
    inputsToSave: save,
    outputsToSave: saveOutputs,
    gradFunc: gradFunc as GradFunc,
  })
  return (inputs, attributes) =>
    [tf.engine().runKernel(kernelName, inputs, attributes as NamedAttrMap)].flat() as Tensor[]
}
