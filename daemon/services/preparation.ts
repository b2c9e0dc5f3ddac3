/** Everything a node needs before it can train a job: data, model, and proof that they are the run's. */
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { sha256 } from '../../crypto/index.ts'
import { createPartition, type Dataset, shapeOf } from '../../src/data/index.ts'
import type { LoadedModel } from '../../src/engine/interface.ts'
import type { Job } from '../../src/learning/index.ts'
import {
  createModel,
  layoutOf,
  type ModelFile,
  type ModelSource,
  type ParameterLayout,
} from '../../src/model/index.ts'
import { loadDataset, loadOwnPart } from '../data/index.ts'
import { layoutDigest, shapeDigest } from './documents/index.ts'
import { ModelFileError } from './errors.ts'
import type { SharedEngine } from './shared-engine.ts'

export interface PreparationRequest {
  readonly job: Job
  /** The node's own data instead of its share of the job's data set. */
  readonly dataPath?: string | undefined
  /** This machine's copy of the user's model file. */
  readonly modelPath?: string | undefined
  /** Where the job file lies on this machine; absent for a job that came from elsewhere. */
  readonly jobFolder?: string | undefined
}

export interface PreparationPlaces {
  readonly dataDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly engine: SharedEngine
}

/** What was prepared, and the digests by which nodes compare it. */
export interface Preparation {
  readonly dataset: Dataset
  readonly hasOwnData: boolean
  readonly layout: ParameterLayout
  readonly digests: {
    readonly layout: Uint8Array
    readonly shape: Uint8Array
    readonly model: Uint8Array | undefined
  }
  /** Indices of the training examples of `rank`: all of an own part, else its share. */
  examplesOf(rank: number): Int32Array
  /** The model in the engine, with the data; loaded once. */
  model(): Promise<LoadedModel>
  dispose(): Promise<void>
}

/**
 * @throws {ModelFileError} when the job's model is kept in a file that was not named or cannot be read, and the
 * data and model rooms' errors.
 */
export async function prepare(
  { job, dataPath, modelPath, jobFolder }: PreparationRequest,
  { dataDirectory, env, engine }: PreparationPlaces,
): Promise<Preparation> {
  const file = await readModelFile(job, modelPath)
  const dataset =
    dataPath === undefined
      ? await loadDataset(job.data, { dataDirectory, env, baseDirectory: jobFolder, apart: true })
      : await loadOwnPart(job.data, dataPath, { apart: true })
  const source = createModel(job.model, dataset, file.content)
  let loading: Promise<LoadedModel> | undefined
  const model = () => {
    loading ??= load(job, source, dataset, engine)
    return loading
  }
  const layout = source.kind === 'layers' ? layoutOf(source.spec) : (await model()).layout
  let parts: readonly Int32Array[] | undefined
  return {
    dataset,
    hasOwnData: dataPath !== undefined,
    layout,
    digests: {
      layout: layoutDigest(layout),
      shape: shapeDigest(shapeOf(dataset)),
      model: file.digest,
    },
    examplesOf(rank) {
      if (dataPath !== undefined)
        return Int32Array.from({ length: dataset.train.count }, (_, i) => i)
      const { nodes, seed, partition } = job
      parts ??= createPartition(partition, { examples: dataset.train, nodes, seed })
      return parts[rank]!
    },
    model,
    async dispose() {
      const loaded = await loading?.catch(() => undefined)
      loading = undefined
      await loaded?.dispose()
    },
  }
}

async function load(
  job: Job,
  source: ModelSource,
  dataset: Dataset,
  engine: SharedEngine,
): Promise<LoadedModel> {
  const { optimiser: kind, momentum, weightDecay } = job.train
  return (await engine.get()).load(source, { kind, momentum, weightDecay }, dataset)
}

async function readModelFile(
  job: Job,
  modelPath: string | undefined,
): Promise<{ content: ModelFile; digest: Uint8Array | undefined }> {
  if (!('file' in job.model)) return { content: {}, digest: undefined }
  if (modelPath === undefined) throw new ModelFileError(`no copy of ${job.model.file} was named`)
  const bytes = await readFile(modelPath).catch((error: NodeJS.ErrnoException) => {
    throw new ModelFileError(`${modelPath} cannot be read (${error.code})`)
  })
  const content =
    job.model.name === 'module'
      ? { url: pathToFileURL(modelPath).href }
      : { json: bytes.toString('utf8') }
  return { content, digest: sha256(bytes) }
}
