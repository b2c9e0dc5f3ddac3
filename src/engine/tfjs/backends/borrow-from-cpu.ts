/**
 * Lends the cpu backend's kernels to the wasm backend wherever that one has none (the gradients of depthwise
 * convolutions, einsum, …): slow, since values are copied there and back, but any model can be trained.
 */
import type { DataType, KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs'
import type { TensorFlow } from './backend.ts'

/** Types of values that the wasm backend can hold. */
const SHARED_TYPES: readonly string[] = ['float32', 'int32', 'bool'] satisfies DataType[]

/** Registers every kernel that only the cpu backend has. */
export function borrowMissingKernels(tf: TensorFlow): void {
  const present = new Set(tf.getKernelsForBackend('wasm').map((kernel) => kernel.kernelName))
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu'))
    if (!present.has(kernelName))
      tf.registerKernel({
        kernelName,
        backendName: 'wasm',
        kernelFunc: borrowed(tf, kernelName, kernelFunc),
      })
}

/** The cpu backend's kernel of that name, made to work on tensors of the wasm backend. */
export function borrowKernel(tf: TensorFlow, kernelName: string): KernelFunc {
  const kernel = tf.getKernel(kernelName, 'cpu')
  return borrowed(tf, kernelName, kernel.kernelFunc)
}

function borrowed(tf: TensorFlow, name: string, kernelFunc: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const cpu = tf.findBackend('cpu') as CpuBackend
    const wasm = backend as CpuBackend
    const lent = mapInputs(inputs, (input) => {
      requireSharedType(name, input)
      return copyOf(input, wasm, cpu)
    })
    const results = kernelFunc({ inputs: lent, ...(attrs && { attrs }), backend: cpu })
    const outputs = [results].flat().map((result) => {
      requireSharedType(name, result)
      const output = copyOf(result, cpu, wasm)
      cpu.disposeData(result.dataId)
      return output
    })
    for (const input of Object.values(lent)) cpu.disposeData(input!.dataId)
    return Array.isArray(results) ? outputs : outputs[0]!
  }
}

/** A kernel's inputs are named tensors, some of them absent, or (for those with any number) an array. */
function mapInputs(
  inputs: NamedTensorInfoMap,
  change: (input: TensorInfo) => TensorInfo,
): NamedTensorInfoMap {
  if (Array.isArray(inputs)) return inputs.map(change) as unknown as NamedTensorInfoMap
  const present = Object.entries(inputs).filter((entry): entry is [string, TensorInfo] =>
    Boolean(entry[1]),
  )
  return Object.fromEntries(present.map(([key, input]) => [key, change(input)]))
}

interface CpuBackend {
  write(values: Uint8Array | Float32Array | Int32Array, shape: number[], dtype: DataType): object
  readSync(dataId: object): Uint8Array | Float32Array | Int32Array
  disposeData(dataId: object): boolean
}

function copyOf(
  { dataId, shape, dtype }: TensorInfo,
  from: CpuBackend,
  to: CpuBackend,
): TensorInfo {
  return { dataId: to.write(from.readSync(dataId), shape, dtype), shape, dtype }
}

function requireSharedType(kernel: string, { dtype }: TensorInfo): void {
  if (!SHARED_TYPES.includes(dtype))
    throw new TypeError(`${kernel} on ${dtype} values has no kernel on the wasm backend`)
}
