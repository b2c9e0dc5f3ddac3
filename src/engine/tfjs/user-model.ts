/** A user's own module as a network. The module is code of this machine's owner; it never comes from a peer. */
import type { Tensor } from '@tensorflow/tfjs'
import { createLayout, type Initialiser, type ParameterEntry } from '../../model/parameters.ts'
import type { ModelSource } from '../../model/spec.ts'
import { UnsupportedModelError } from '../errors.ts'
import type { TensorFlow } from './backends/backend.ts'
import type { Network } from './network.ts'

/** What a model module exports as its default. docs/models.md has a whole example. */
export interface UserModel<Name extends string = string> {
  /** Tensors in the order in which they lie in the parameter vector. */
  readonly parameters: Readonly<
    Record<
      Name,
      {
        readonly shape: readonly number[]
        /** @default uniform ±1/√(product of all lengths but the last) for two axes or more, else zeros */
        readonly initialiser?: Initialiser
      }
    >
  >
  /**
   * `x`: batch × input shape, float32 (int32 for tokens). Returns logits, batch × classes, or ratings, batch.
   * Must be made of differentiable operations of `tf` and depend on every parameter.
   */
  forward(tf: TensorFlow, parameters: Readonly<Record<Name, Tensor>>, x: Tensor): Tensor
}

/** @throws {UnsupportedModelError} when the module does not export a `UserModel` that fits the data. */
export async function openUserModel(
  tf: TensorFlow,
  source: Extract<ModelSource, { kind: 'module' }>,
): Promise<Network> {
  const model = await load(source.url)
  const names = Object.keys(model.parameters)
  const layout = createLayout(
    Object.entries(model.parameters).map(([name, { shape, initialiser }]) => {
      if (
        !Array.isArray(shape) ||
        !shape.every((length) => Number.isInteger(length) && length > 0)
      ) {
        throw new UnsupportedModelError(
          `parameter "${name}" needs a shape of whole numbers above 0`,
        )
      }
      return { name, shape, initialiser: initialiser ?? defaultInitialiser(shape) }
    }),
  )
  const forward = (parameters: readonly Tensor[], x: Tensor) =>
    model.forward(tf, Object.fromEntries(names.map((name, i) => [name, parameters[i]!])), x)
  tryOut(tf, source, layout.entries, forward)
  return { layout, stackable: false, forward, dispose() {} }
}

async function load(url: string): Promise<UserModel> {
  let exported: { default?: Partial<UserModel> }
  try {
    exported = await import(url)
  } catch (error) {
    throw new UnsupportedModelError(`${url} cannot be imported (${messageOf(error)})`)
  }
  const model = exported.default
  if (typeof model?.forward !== 'function' || typeof model.parameters !== 'object') {
    throw new UnsupportedModelError(`${url} must export { parameters, forward } as its default`)
  }
  return model as UserModel
}

/** One forward pass over two blank examples, so that a wrong shape is found when the run is made. */
function tryOut(
  tf: TensorFlow,
  { input, output }: Extract<ModelSource, { kind: 'module' }>,
  entries: readonly ParameterEntry[],
  forward: Network['forward'],
): void {
  const expected = output.kind === 'classes' ? [2, output.count] : [2]
  tf.tidy(() => {
    const x = tf.zeros([2, ...input.shape], input.kind === 'tokens' ? 'int32' : 'float32')
    let shape: readonly number[]
    try {
      shape = forward(
        entries.map((entry) => tf.zeros([...entry.shape])),
        x,
      ).shape
    } catch (error) {
      throw new UnsupportedModelError(
        `forward fails on ${x.shape.join(' × ')}: ${messageOf(error)}`,
      )
    }
    if (shape.join() === expected.join()) return
    throw new UnsupportedModelError(
      `forward gives ${shape.join(' × ')} for a batch of 2, not ${expected.join(' × ')}`,
    )
  })
}

function defaultInitialiser(shape: readonly number[]): Initialiser {
  if (shape.length < 2) return { kind: 'zeros' }
  const fanIn = shape.slice(0, -1).reduce((size, length) => size * length, 1)
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
