/**
 * Parameter updates written straight into the memory of float32 tensors: no tensor is made, none is replaced.
 * Both rules work element by element, so that stacked tensors [K, …] of K nodes are updated by one call, and are
 * written in PyTorch's form, so that a run can be compared with one of its own.
 *
 * The tensors passed as `weights` and moments are changed behind TensorFlow.js' back: whoever calls must hold no
 * clone of them whose old values still matter (clones share memory on the wasm backend).
 */
import type { Tensor } from '@tensorflow/tfjs'

interface Update {
  /** Changed in place. */
  readonly weights: Tensor
  /** Same size as `weights`; read only. */
  readonly gradient: Tensor
  readonly learningRate: number
  /** L2 penalty λ: g ← g + λ w, before anything else. */
  readonly weightDecay: number
}

interface SgdUpdate extends Update {
  /** v, changed in place: v ← μ v + g, w ← w − lr v. `null` where there is no momentum: w ← w − lr g. */
  readonly velocity: Tensor | null
  readonly momentum: number
}

interface AdamUpdate extends Update {
  /** m ← β₁ m + (1 − β₁) g, changed in place. */
  readonly firstMoment: Tensor
  /** v ← β₂ v + (1 − β₂) g², changed in place. */
  readonly secondMoment: Tensor
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** The number of this step, the first being 1: m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ). */
  readonly step: number
}

export interface InPlaceOptimisers {
  sgd(update: SgdUpdate): void
  /** w ← w − lr m̂ / (√v̂ + ε). */
  adam(update: AdamUpdate): void
}
