/**
 * Kernels of ours at work on the tensors of TensorFlow.js' wasm backend: addresses of tensors, memory for results
 * and scratch, and the threads that share the work.
 */
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { TensorFlow } from '../backends/backend.ts'
import type { Kernels, Task } from './kernels.ts'
import type { ThreadPool } from './thread-pool.ts'

interface Job {
  readonly task: Task
  /** Units of work, see the kernel. */
  readonly units: number
  /** Floating point operations of all units together, roughly: decides whether threads are worth waking. */
  readonly operations: number
  /** Scratch memory of each thread; what a matrix product needs, if not given. */
  readonly scratchBytes?: number
}

export interface Product {
  /** Products of a batch; 1 for a single one. */
  readonly batch: number
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** op(A) is m × k, op(B) k × n. */
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: TensorInfo
  readonly b: TensorInfo
  /** A row of n values (one for each product of the batch) that every row of C starts from. */
  readonly bias?: TensorInfo
  readonly c: TensorInfo
  /** The same A (or B) for all products of the batch. */
  readonly shareA?: boolean
  readonly shareB?: boolean
}

/** Of the emscripten module behind the backend. */
interface Heap {
  _malloc(bytes: number): number
  _free(address: number): void
}

const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT

/** Twelve integers, see ConvolutionShape in assembly/convolution.ts. */
const CONVOLUTION_SHAPE_BYTES = 12 * Int32Array.BYTES_PER_ELEMENT

export class KernelHost {
  readonly tf: TensorFlow
  readonly kernels: Kernels
  readonly #backend: BackendWasm
  readonly #heap: Heap
  readonly #memory: WebAssembly.Memory
  readonly #pool: ThreadPool
  readonly #shapeAddress: number
  #scratch = 0
  #scratchBytes = 0

  constructor(tf: TensorFlow, memory: WebAssembly.Memory, kernels: Kernels, pool: ThreadPool) {
    this.tf = tf
    this.kernels = kernels
    this.#backend = tf.backend() as BackendWasm
    this.#heap = this.#backend.wasm as unknown as Heap
    this.#memory = memory
    this.#pool = pool
    this.#shapeAddress = this.#allocate(CONVOLUTION_SHAPE_BYTES)
  }

  address(tensor: TensorInfo): number {
    return this.#backend.dataIdMap.get(tensor.dataId).memoryOffset
  }

  output(shape: readonly number[], dtype: DataType = 'float32'): TensorInfo {
    return this.#backend.makeOutput([...shape], dtype)
  }

  /** Another name for the same values. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.#backend.incRef(dataId)
    return { dataId, shape: [...shape], dtype }
  }

  free(output: TensorInfo): void {
    this.#backend.disposeData(output.dataId)
  }

  /** Hands an output over to the engine, which disposes of it in the end. */
  tensor<T extends Tensor>(output: TensorInfo): T {
    return this.tf.engine().makeTensorFromTensorInfo(output) as T
  }

  /** A view that is valid until memory is allocated next. */
  floats(tensor: TensorInfo): Float32Array {
    return this.#backend.typedArrayFromHeap(tensor) as Float32Array
  }

  run({ task, units, operations, scratchBytes }: Job, ...rest: number[]): void {
    this.#reserve(scratchBytes ?? this.kernels.multiplyScratchBytes())
    const [scratch, bytes] = [this.#scratch, this.#scratchBytes]
    this.#pool.run({ task, units, scratch, scratchBytes: bytes, rest }, operations)
  }

  /** Runs an element-wise kernel over `count` floats. */
  runElementwise(task: Task, count: number, ...rest: number[]): void {
    this.run(
      { task, units: Math.ceil(count / this.kernels.CHUNK.value), operations: 2 * count },
      count,
      ...rest,
    )
  }

  /** C = op(A) · op(B) (+ bias), gapless row-major matrices. */
  multiply(product: Product): void {
    const { batch, m, n, k } = product
    const ta = product.transposeA ? 1 : 0
    const tb = product.transposeB ? 1 : 0
    const [a, b, c] = [product.a, product.b, product.c].map((matrix) => this.address(matrix)) as [
      number,
      number,
      number,
    ]
    const bias = product.bias === undefined ? 0 : this.address(product.bias)
    const operations = 2 * batch * m * n * k
    if (batch > 1) {
      const aStep = product.shareA ? 0 : m * k * FLOAT_BYTES
      const bStep = product.shareB ? 0 : k * n * FLOAT_BYTES
      const job = { task: 'multiplyBatch', units: batch, operations } as const
      this.run(job, ta, tb, m, n, k, a, aStep, b, bStep, bias, n * FLOAT_BYTES, c)
    } else {
      const task = n >= m ? 'multiplyColumns' : 'multiplyRows'
      const units = Math.ceil(Math.max(m, n) / this.kernels.PRODUCT_UNIT.value)
      const [lda, ldb] = [ta ? m : k, tb ? k : n]
      this.run({ task, units, operations }, ta, tb, m, n, k, a, lda, b, ldb, bias, 0, c, n)
    }
  }

  /** Writes a convolution's shape where the kernels read it; valid until the next convolution. */
  convolutionShape(integers: readonly number[]): number {
    new Int32Array(this.#memory.buffer, this.#shapeAddress, integers.length).set(integers)
    return this.#shapeAddress
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#scratchBytes) return
    if (this.#scratch !== 0) this.#heap._free(this.#scratch)
    this.#scratch = this.#allocate(bytes * this.#pool.threads)
    this.#scratchBytes = bytes
  }

  #allocate(bytes: number): number {
    const address = this.#heap._malloc(bytes) >>> 0
    if (address === 0) throw new RangeError(`the wasm backend has no ${bytes} bytes left`)
    return address
  }
}
