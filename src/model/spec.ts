/**
 * What a model is, as data: the engine turns it into tensor operations, everybody else only needs its layout.
 */

/** What one example's input looks like. Images are height × width × channels. */
export interface InputSpec {
  /** `values`: real numbers. `tokens`: integers below `vocabulary`, fed to an `embedding` or `factorisation`. */
  readonly kind: 'values' | 'tokens'
  readonly shape: readonly number[]
}

/** What the model predicts, which also fixes the loss: cross-entropy for classes, squared error for ratings. */
export type OutputSpec =
  | { readonly kind: 'classes'; readonly count: number }
  | { readonly kind: 'rating'; readonly minimum: number; readonly maximum: number }

export type Activation = 'none' | 'relu'

/** Layers in the order of their application. Every default weight initialisation is PyTorch's. */
export type LayerSpec =
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: Activation }
  | {
      readonly kind: 'conv2d'
      readonly filters: number
      /** Side of the square kernel. */
      readonly kernel: number
      /** @default 'same' */
      readonly padding?: 'same' | 'valid'
      /** @default 1 */
      readonly stride?: number
      readonly activation?: Activation
    }
  | {
      readonly kind: 'group-norm'
      readonly groups: number
      /** @default 1e-5 */
      readonly epsilon?: number
      readonly activation?: Activation
    }
  /** Square windows of `size`, stride `size`, no padding. */
  | { readonly kind: 'max-pool'; readonly size: number }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'embedding'; readonly vocabulary: number; readonly size: number }
  /** Returns the whole sequence; two bias vectors as in PyTorch and cuDNN; gates in the order i, f, g, o. */
  | { readonly kind: 'lstm'; readonly units: number }
  /** Input [user, item] → dot product of two embeddings, uniform ±0.05. */
  | {
      readonly kind: 'factorisation'
      readonly users: number
      readonly items: number
      readonly rank: number
    }

export interface ModelSpec {
  readonly name: string
  readonly input: InputSpec
  readonly output: OutputSpec
  readonly layers: readonly LayerSpec[]
}

/** Where a model comes from. Only `layers` can be described without an engine. */
export type ModelSource =
  | { readonly kind: 'layers'; readonly spec: ModelSpec }
  /** The text of a TensorFlow.js layers `model.json`; its weights are not read, only its topology. */
  | {
      readonly kind: 'tfjs-layers'
      readonly json: string
      readonly input: InputSpec
      readonly output: OutputSpec
    }
  /** A user's TypeScript or JavaScript module; see docs/models.md for what it exports. */
  | {
      readonly kind: 'module'
      /** `file:` URL on this machine. Never taken from the network. */
      readonly url: string
      readonly input: InputSpec
      readonly output: OutputSpec
    }
