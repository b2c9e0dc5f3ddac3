/**
 * A model's parameters are one `Float32Array` and an immutable layout that says which tensor lies where
 * (contract 3 of ARCHITECTURE.md). No other representation leaves the engine.
 */

/** How the values of one tensor start. `uniform` draws from [−bound, bound). */
export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly deviation: number }

/** One tensor of the model: row-major, `offset` counted in values from the start of the vector. */
export interface ParameterEntry {
  readonly name: string
  readonly shape: readonly number[]
  readonly offset: number
  readonly size: number
  readonly initialiser: Initialiser
  /** Each row stands for one thing that is looked up (a token, a user): a step changes some rows. @default false */
  readonly isTable?: boolean
}

export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[]
  /** Number of values in the whole vector. */
  readonly size: number
}

/** Lays tensors out one after the other in the given order. */
export function createLayout(
  tensors: readonly Pick<ParameterEntry, 'name' | 'shape' | 'initialiser' | 'isTable'>[],
): ParameterLayout {
  let offset = 0
  const entries = tensors.map((tensor) => {
    const size = tensor.shape.reduce((product, length) => product * length, 1)
    const entry = { ...tensor, offset, size }
    offset += size
    return entry
  })
  return { entries, size: offset }
}

/** The part of `parameters` that holds `entry`; a view, not a copy. */
export function viewOf(parameters: Float32Array, entry: ParameterEntry): Float32Array {
  return parameters.subarray(entry.offset, entry.offset + entry.size)
}
