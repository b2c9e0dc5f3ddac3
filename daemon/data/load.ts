/** From a job's `data` section to arrays in memory. */
import {
  buildDataset,
  type Dataset,
  type DatasetOptions,
  datasetNeeds,
  OwnPartError,
  ownPartProblem,
  requireShape,
} from '../../src/data/index.ts'
import { findSources, ownSources } from './find.ts'
import type { LoadOptions, OwnPartOptions } from './interface.ts'
import { loadApart } from './load-apart.ts'

/**
 * Loads a job's data set: finds its files (docs/data.md: order of places), reads and parses them.
 *
 * @throws {DatasetNotFoundError | UnreadableFileError | ForeignPathError | DataFileError}
 */
export async function loadDataset(options: DatasetOptions, load: LoadOptions): Promise<Dataset> {
  const { apart, signal, progress, dataDirectory, env, baseDirectory } = load
  if (apart === true && !isSoonMade(options)) {
    // A copy of `env`: that of the process is no plain object.
    const find = { dataDirectory, env: { ...env }, baseDirectory }
    return loadApart({ options, find }, { signal, progress })
  }
  const onFile = (path: string) => progress?.({ type: 'reading', path })
  const files = await findSources(options, { ...load, onFile })
  progress?.({ type: 'building', dataset: options.name })
  const dataset = buildDataset(options, files)
  for (const text of dataset.notes ?? []) progress?.({ type: 'note', text })
  return dataset
}

/**
 * Loads a node's own, private part from its own file or folder, in the form of the job's data set. All of it is the
 * node's: no partition is applied. Where the test files are not with it, some of its examples are held out.
 *
 * @throws {OwnPartError} when the job leaves open what nodes must agree on.
 * @throws {DataShapeError} when the part does not fit `expected`.
 * @throws {DatasetNotFoundError | UnreadableFileError | DataFileError}
 */
export async function loadOwnPart(
  options: DatasetOptions,
  path: string,
  { expected, signal, progress, apart }: OwnPartOptions = {},
): Promise<Dataset> {
  if (apart === true) return loadApart({ options, path, expected }, { signal, progress })
  const problem = ownPartProblem(options)
  if (problem !== null) throw new OwnPartError(options.name, problem)
  const onFile = (file: string) => progress?.({ type: 'reading', path: file })
  const files = await ownSources(options, path, { signal, onFile })
  progress?.({ type: 'building', dataset: options.name })
  const dataset = buildDataset(options, files)
  if (expected !== undefined) requireShape(dataset, expected)
  return dataset
}

/** Examples that are generated in less time than a thread takes to start, about 0.2 s of a processor. */
const SOON_MADE = 200

function isSoonMade(options: DatasetOptions): boolean {
  if (datasetNeeds(options).kind !== 'nothing' || !('train' in options)) return false
  const { train = Number.POSITIVE_INFINITY, test = 0 } = options
  return train + test <= SOON_MADE
}
