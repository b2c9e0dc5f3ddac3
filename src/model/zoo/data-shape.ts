import { UnsuitableDataError } from '../errors.ts'
import type { InputSpec, OutputSpec } from '../spec.ts'

/** What a model has to know of a data set; every `Dataset` is one. */
export interface DataShape {
  readonly input: InputSpec
  readonly output: OutputSpec
  /** Size of the token alphabet, per position where positions differ; only for `tokens` inputs. */
  readonly vocabulary?: readonly number[]
}

/** Number of classes. @throws {UnsuitableDataError} when the data set has none. */
export function classesOf(model: string, data: DataShape): number {
  if (data.output.kind === 'classes') return data.output.count
  throw new UnsuitableDataError(model, 'predicts classes, but the data set holds ratings')
}

/** @throws {UnsuitableDataError} when the data set's inputs are not real numbers. */
export function requireValues(model: string, data: DataShape): void {
  if (data.input.kind === 'values') return
  throw new UnsuitableDataError(model, 'takes real numbers, but the data set holds tokens')
}

/** @throws {UnsuitableDataError} when the data set's inputs are not images. */
export function requireImages(model: string, data: DataShape): void {
  requireValues(model, data)
  const { shape } = data.input
  if (shape.length === 3) return
  throw new UnsuitableDataError(
    model,
    `takes images, but an input has the shape ${shape.join(' × ')}`,
  )
}
