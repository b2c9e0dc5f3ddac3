/** The data sets by the name a job file gives them. A new one is one file and one line here and in the schema. */
import { z } from 'zod'
import type { Dataset } from '../interface.ts'
import { adult } from './adult.ts'
import { cifar10 } from './cifar10.ts'
import { clusters } from './clusters.ts'
import { csv } from './csv.ts'
import type { DatasetDefinition, Needs, SourceFiles } from './definition.ts'
import { images } from './images.ts'
import { mnist } from './mnist.ts'
import { movielens } from './movielens.ts'
import { shakespeare } from './shakespeare.ts'
import { strokes } from './strokes.ts'

export const datasets = {
  clusters,
  strokes,
  mnist,
  cifar10,
  shakespeare,
  adult,
  csv,
  movielens,
  images,
}

export const datasetSchema = z
  .discriminatedUnion('name', [
    clusters.schema,
    strokes.schema,
    mnist.schema,
    cifar10.schema,
    shakespeare.schema,
    adult.schema,
    csv.schema,
    movielens.schema,
    images.schema,
  ])
  .describe('The data that the nodes learn from.')

export type DatasetOptions = z.output<typeof datasetSchema>

/** Files that have to be read, as keys for `buildDataset`. */
export function datasetNeeds(options: DatasetOptions): Needs {
  return definitionOf(options).needs(options)
}

/** Folder of the data set in every place where data may lie; '' where the options name paths themselves. */
export function datasetFolder(options: DatasetOptions): string {
  return definitionOf(options).folder
}

/** Why a node cannot bring its own part under these options, or null when it can. */
export function ownPartProblem(options: DatasetOptions): string | null {
  return definitionOf(options).ownPartProblem(options)
}

/**
 * Makes the arrays out of the files' bytes (none for a generated data set). Pure.
 * @throws {DataFileError} naming the file, what is wrong with it and what to do.
 */
export function buildDataset(options: DatasetOptions, files: SourceFiles = new Map()): Dataset {
  return definitionOf(options).build(options, files)
}

function definitionOf(options: DatasetOptions): DatasetDefinition {
  return datasets[options.name] as DatasetDefinition
}
