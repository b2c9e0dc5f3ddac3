import { createLayout, type ParameterLayout } from './parameters.ts'
import { planLayers } from './plan.ts'
import type { ModelSpec } from './spec.ts'

/**
 * Where each tensor of a model lies in its parameter vector.
 * @throws {InvalidModelError} when a layer cannot follow the one before it.
 */
export function layoutOf(spec: ModelSpec): ParameterLayout {
  return createLayout(planLayers(spec).flatMap((plan) => plan.tensors))
}
