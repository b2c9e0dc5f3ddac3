/** Examples as flat arrays, so that they can be shared with engine workers without copying. */
export interface Examples {
  readonly count: number
  /** `count` × product(inputShape) values, row-major. `Uint8Array` for images and characters. */
  readonly inputs: Float32Array | Uint8Array | Int32Array
  readonly inputShape: readonly number[]
  /** A stored input v means v × scale + offset to the model. @default { scale: 1, offset: 0 } */
  readonly affine?: { readonly scale: number; readonly offset: number }
  /** Class indices (Int32Array) or ratings (Float32Array), one an example. */
  readonly labels: Int32Array | Float32Array
  /** Who produced each example (writer, speaking role, user), for the by-client partition. */
  readonly clients?: Int32Array
}

export interface Dataset {
  readonly name: string
  readonly input: import('../model/spec.ts').InputSpec
  readonly output: import('../model/spec.ts').OutputSpec
  /** Size of the token alphabet; only for `tokens` inputs. Per position where positions differ. */
  readonly vocabulary?: readonly number[]
  readonly train: Examples
  readonly test: Examples
  /** What a user should know about this copy of the data, such as files that were not there. */
  readonly notes?: readonly string[]
}
