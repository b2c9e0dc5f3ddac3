import type { Variable } from '@tensorflow/tfjs'
import type { ParameterLayout } from '../../model/parameters.ts'
import type { TensorFlow } from './backends/backend.ts'
import type { MemoryOf } from './tensor-memory.ts'

export interface ResidentParts {
  readonly tf: TensorFlow
  readonly layout: ParameterLayout
  readonly memoryOf: MemoryOf
}

/**
 * A vector of the layout's size for each of K nodes (parameters, or one moment of the optimiser), held by the
 * backend as one variable an entry: shape [K, …entry] when stacked, […entry] when not.
 */
export class ResidentVector {
  readonly variables: readonly Variable[]
  readonly #tf: TensorFlow
  readonly #layout: ParameterLayout
  readonly #memoryOf: MemoryOf
  readonly #nodes: number
  readonly #owned: boolean

  /** `nodes` null: not stacked. `existing`: variables of the right shapes which somebody else disposes. */
  constructor(
    { tf, layout, memoryOf }: ResidentParts,
    nodes: number | null,
    existing?: readonly Variable[],
  ) {
    this.#tf = tf
    this.#layout = layout
    this.#memoryOf = memoryOf
    this.#nodes = nodes ?? 1
    this.#owned = existing === undefined
    const shapes = layout.entries.map(({ shape }) => (nodes === null ? shape : [nodes, ...shape]))
    this.variables =
      existing ?? tf.tidy(() => shapes.map((shape) => tf.variable(tf.zeros([...shape]))))
  }

  /** Fills the variables from `source`, where node k's vector starts at k × stride + start. */
  write(source: Float32Array, stride: number, start: number): void {
    this.variables.forEach((variable, index) => {
      const memory = this.#memoryOf(variable)
      const values = memory ?? new Float32Array(variable.size)
      this.#eachNode(index, stride, start, (here, there, size) => {
        values.set(source.subarray(there, there + size), here)
      })
      if (memory !== null) return
      this.#tf.tidy(() => variable.assign(this.#tf.tensor(values, variable.shape)))
    })
  }

  /** The reverse of `write`. */
  read(target: Float32Array, stride: number, start: number): void {
    this.variables.forEach((variable, index) => {
      const values = this.#memoryOf(variable) ?? (variable.dataSync() as Float32Array)
      this.#eachNode(index, stride, start, (here, there, size) => {
        target.set(values.subarray(here, here + size), there)
      })
    })
  }

  dispose(): void {
    if (this.#owned) for (const variable of this.variables) variable.dispose()
  }

  #eachNode(
    index: number,
    stride: number,
    start: number,
    copy: (here: number, there: number, size: number) => void,
  ): void {
    const { offset, size } = this.#layout.entries[index]!
    for (let k = 0; k < this.#nodes; k++) copy(k * size, k * stride + start + offset, size)
  }
}
