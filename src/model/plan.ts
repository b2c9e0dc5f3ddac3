/** Shape inference: which tensors each layer of a model owns, and what it turns one example into. */
import { InvalidModelError } from './errors.ts'
import type { Initialiser, ParameterEntry } from './parameters.ts'
import type { LayerSpec, ModelSpec } from './spec.ts'

type TensorSpec = Pick<ParameterEntry, 'name' | 'shape' | 'initialiser' | 'isTable'>

/** One layer in its place; shapes are those of one example, without batch or node axes. */
export interface LayerPlan {
  readonly layer: LayerSpec
  /** Such as `conv2d-2`: the second convolution. */
  readonly name: string
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  /** In the order in which the layer's operation takes them. */
  readonly tensors: readonly TensorSpec[]
}

/** @throws {InvalidModelError} when a layer cannot follow the one before it. */
export function planLayers(spec: ModelSpec): readonly LayerPlan[] {
  const seen = new Map<string, number>()
  let inputShape = spec.input.shape
  return spec.layers.map((layer) => {
    const number = (seen.get(layer.kind) ?? 0) + 1
    seen.set(layer.kind, number)
    const name = `${layer.kind}-${number}`
    const refuse = (reason: string): never => {
      throw new InvalidModelError(spec.name, name, reason)
    }
    const { outputShape, tensors } = planLayer(layer, inputShape, refuse)
    const plan = {
      layer,
      name,
      inputShape,
      outputShape,
      tensors: tensors.map((tensor) => ({ ...tensor, name: `${name}.${tensor.name}` })),
    }
    inputShape = outputShape
    return plan
  })
}

interface Planned {
  readonly outputShape: readonly number[]
  readonly tensors: readonly TensorSpec[]
}

function planLayer(
  layer: LayerSpec,
  shape: readonly number[],
  refuse: (reason: string) => never,
): Planned {
  switch (layer.kind) {
    case 'dense': {
      if (shape.length !== 1) refuse(`takes a flat input, not ${show(shape)}; flatten it first`)
      const inputs = shape[0]!
      const initialiser = uniform(inputs)
      return {
        outputShape: [layer.units],
        tensors: [
          { name: 'weights', shape: [inputs, layer.units], initialiser },
          { name: 'bias', shape: [layer.units], initialiser },
        ],
      }
    }
    case 'conv2d': {
      if (shape.length !== 3) refuse(`takes height × width × channels, not ${show(shape)}`)
      const channels = shape[2]!
      const { kernel, filters, stride = 1, padding = 'same' } = layer
      const side = (length: number) =>
        padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - kernel) / stride) + 1
      const outputShape = [side(shape[0]!), side(shape[1]!), filters]
      if (outputShape.some((length) => length < 1)) refuse(`finds nothing left of ${show(shape)}`)
      const initialiser = uniform(kernel * kernel * channels)
      return {
        outputShape,
        tensors: [
          { name: 'weights', shape: [kernel, kernel, channels, filters], initialiser },
          { name: 'bias', shape: [filters], initialiser },
        ],
      }
    }
    case 'group-norm': {
      const channels = shape[2]
      if (shape.length !== 3 || channels === undefined) {
        return refuse(`takes height × width × channels, not ${show(shape)}`)
      }
      if (channels % layer.groups !== 0) refuse(`${channels} channels, not ${layer.groups} groups`)
      return {
        outputShape: shape,
        tensors: [
          { name: 'scale', shape: [channels], initialiser: { kind: 'ones' } },
          { name: 'shift', shape: [channels], initialiser: { kind: 'zeros' } },
        ],
      }
    }
    case 'max-pool': {
      if (shape.length !== 3) refuse(`takes height × width × channels, not ${show(shape)}`)
      const [height, width] = [shape[0]!, shape[1]!].map((side) => Math.floor(side / layer.size))
      if (height! < 1 || width! < 1) refuse(`finds nothing left of ${show(shape)}`)
      return { outputShape: [height!, width!, shape[2]!], tensors: [] }
    }
    case 'activation':
      return { outputShape: shape, tensors: [] }
    case 'flatten':
      return { outputShape: [product(shape)], tensors: [] }
    case 'embedding': {
      if (shape.length !== 1) refuse(`takes one row of tokens, not ${show(shape)}`)
      return {
        outputShape: [shape[0]!, layer.size],
        tensors: [
          {
            name: 'table',
            shape: [layer.vocabulary, layer.size],
            initialiser: { kind: 'normal', deviation: 1 },
            isTable: true,
          },
        ],
      }
    }
    case 'lstm': {
      if (shape.length !== 2) refuse(`takes time × features, not ${show(shape)}`)
      const { units } = layer
      const initialiser = uniform(units)
      return {
        outputShape: [shape[0]!, units],
        tensors: [
          { name: 'input-weights', shape: [shape[1]!, 4 * units], initialiser },
          { name: 'recurrent-weights', shape: [units, 4 * units], initialiser },
          { name: 'input-bias', shape: [4 * units], initialiser },
          { name: 'recurrent-bias', shape: [4 * units], initialiser },
        ],
      }
    }
    case 'factorisation': {
      if (shape.length !== 1 || shape[0] !== 2) refuse(`takes [user, item], not ${show(shape)}`)
      const initialiser = { kind: 'uniform', bound: 0.05 } as const
      return {
        outputShape: [],
        tensors: [
          { name: 'users', shape: [layer.users, layer.rank], initialiser, isTable: true },
          { name: 'items', shape: [layer.items, layer.rank], initialiser, isTable: true },
        ],
      }
    }
  }
}

/** PyTorch's default for a layer of `fanIn` inputs (for an LSTM: units), weights and biases alike. */
function uniform(fanIn: number): Initialiser {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) }
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1)
}

function show(shape: readonly number[]): string {
  return shape.length === 0 ? 'a single number' : shape.join(' × ')
}
