import type { z } from 'zod'
import type { Dataset } from '../interface.ts'

/** A file as read from disk, gunzipped where it was compressed. `path` is for messages. */
export interface SourceFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Files by the key of the wish they fulfil; images of a tree by their path relative to it. */
export type SourceFiles = ReadonlyMap<string, SourceFile>

/** A file a data set is made of. Each name is also looked for with `.gz` appended. */
export interface WantedFile {
  readonly key: string
  /** Names that the file may have, relative to the data set's folder, the official one first. */
  readonly names: readonly string[]
  /** Most bytes it may have, uncompressed. */
  readonly limit: number
  /** `test` files may be absent from a node's own part: some of its training examples are held out instead. */
  readonly holds: 'train' | 'test'
  /** The data set can be made without it. @default false */
  readonly optional?: boolean
}

/** What has to be read before a data set can be built. */
export type Needs =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'files'; readonly files: readonly WantedFile[] }
  /** A folder with one sub-folder a class; every file in them with one of `extensions`. */
  | {
      readonly kind: 'tree'
      readonly folder: string
      readonly extensions: readonly string[]
      /** Most files, most bytes of one, and most bytes of all together. */
      readonly limits: { readonly files: number; readonly file: number; readonly total: number }
    }

/** A data set: options, files, and how arrays are made of them. A new one is one file and one registry line. */
export interface DatasetDefinition<S extends z.ZodType = z.ZodType> {
  readonly schema: S
  /** Folder that is looked for in every place where data may lie; '' where the options name files themselves. */
  readonly folder: string
  needs(options: z.output<S>): Needs
  /**
   * Pure: equal options and bytes give equal arrays on every machine.
   * @throws {DataFileError} naming the file, what is wrong with it and what to do.
   */
  build(options: z.output<S>, files: SourceFiles): Dataset
  /**
   * Why a node cannot bring its own part under these options, or null when it can. A part is made alone, so
   * whatever all nodes must agree on has to stand in the job.
   */
  ownPartProblem(options: z.output<S>): string | null
}

/** Checks a definition's type while keeping its schema's. */
export function defineDataset<S extends z.ZodType>(
  definition: DatasetDefinition<S>,
): DatasetDefinition<S> {
  return definition
}

/** Why a generated data set has no own part. */
export const GENERATED =
  "it is generated, so there is no file of one's own. Name a data set with files in the job."
