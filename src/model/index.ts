/**
 * Models as data: the zoo, the job file's `[model]` table, and where each tensor lies in the parameter vector.
 *
 * ```ts
 * const source = createModel(job.model, dataset)
 * if (source.kind === 'layers') {
 *   const layout = layoutOf(source.spec)
 *   const parameters = initialParameters(layout, job.seed)
 * }
 * ```
 *
 * The layout of a model kept in a file is known once an engine has loaded it (`LoadedModel.layout`).
 */
export { createModel, type ModelFile, type ModelOptions, modelSchema } from './create-model.ts'
export { InvalidModelError, MissingModelFileError, UnsuitableDataError } from './errors.ts'
export { initialParameters } from './initialise.ts'
export { layoutOf } from './layout.ts'
export {
  createLayout,
  type Initialiser,
  type ParameterEntry,
  type ParameterLayout,
  viewOf,
} from './parameters.ts'
export { type LayerPlan, planLayers } from './plan.ts'
export type {
  Activation,
  InputSpec,
  LayerSpec,
  ModelSource,
  ModelSpec,
  OutputSpec,
} from './spec.ts'
export type { DataShape } from './zoo/data-shape.ts'
export { zoo } from './zoo/index.ts'
