import { z } from 'zod'
import { MissingModelFileError } from './errors.ts'
import type { ModelSource } from './spec.ts'
import type { DataShape } from './zoo/data-shape.ts'
import { zoo } from './zoo/index.ts'
import type { ZooModel } from './zoo/zoo-model.ts'

const customLayersSchema = z.strictObject({
  name: z.literal('custom-layers'),
  file: z
    .string()
    .min(1)
    .describe(
      'A TensorFlow.js layers model.json, as a path from the job file. Only its topology is read.',
    ),
})

const moduleSchema = z.strictObject({
  name: z.literal('module'),
  file: z
    .string()
    .min(1)
    .describe(
      'A TypeScript or JavaScript module, as a path from the job file; see docs/models.md.',
    ),
})

/** The `[model]` table of a job file. */
export const modelSchema = z
  .discriminatedUnion('name', [
    zoo.mlp.schema,
    zoo['gn-lenet'].schema,
    zoo['femnist-cnn'].schema,
    zoo['char-lstm'].schema,
    zoo['matrix-factorisation'].schema,
    customLayersSchema,
    moduleSchema,
  ])
  .describe('What is trained.')

/** A validated `[model]` table with all defaults filled in. */
export type ModelOptions = z.output<typeof modelSchema>

/** What the caller has read from disk for a model that is kept in `options.file`. */
export interface ModelFile {
  /** `custom-layers`: the text of the file. */
  readonly json?: string
  /** `module`: the `file:` URL of the module. */
  readonly url?: string
}

/**
 * The model that `options` describe, adapted to the shape of the data. Reads no file: what stands in
 * `options.file` is handed over as `file`.
 *
 * @throws {UnsuitableDataError} when the model cannot take the data.
 * @throws {MissingModelFileError} when `options` name a file and `file` does not hold it.
 */
export function createModel(
  options: ModelOptions,
  data: DataShape,
  file: ModelFile = {},
): ModelSource {
  const { input, output } = data
  if (options.name === 'custom-layers') {
    if (file.json === undefined) throw new MissingModelFileError(options.file, 'its text as `json`')
    return { kind: 'tfjs-layers', json: file.json, input, output }
  }
  if (options.name === 'module') {
    if (file.url === undefined)
      throw new MissingModelFileError(options.file, 'its `file:` URL as `url`')
    return { kind: 'module', url: file.url, input, output }
  }
  // The union's tag has chosen the entry whose schema produced `options`.
  const model = zoo[options.name] as ZooModel
  return { kind: 'layers', spec: model.create(options, data) }
}
