/** From a job's `data` section to arrays in memory. */
import {
  buildDataset,
  type DataShape,
  type Dataset,
  type DatasetOptions,
  OwnPartError,
  ownPartProblem,
  requireShape,
  type SourceFiles,
} from '../../src/data/index.ts'
import { buildApart } from './build-apart.ts'
import { type FindOptions, findSources, ownSources } from './find.ts'

/** What loading reports while it goes on. */
export type LoadEvent =
  | { readonly type: 'reading'; readonly path: string }
  | { readonly type: 'building'; readonly dataset: string }
  /** What the user should know about the data found. */
  | { readonly type: 'note'; readonly text: string }

/** What both ways of loading have in common. */
interface BuildOptions {
  readonly signal?: AbortSignal | undefined
  readonly progress?: ((event: LoadEvent) => void) | undefined
  /**
   * Parse in a thread of its own, so that this one goes on answering: for a process that talks to peers.
   * @default false
   */
  readonly apart?: boolean | undefined
}

export interface LoadOptions extends Omit<FindOptions, 'onFile'>, BuildOptions {}

/**
 * Loads a job's data set: finds its files (docs/data.md: order of places), reads and parses them.
 *
 * @throws {DatasetNotFoundError | UnreadableFileError | ForeignPathError | DataFileError}
 */
export async function loadDataset(options: DatasetOptions, load: LoadOptions): Promise<Dataset> {
  const { progress } = load
  const onFile = (path: string) => progress?.({ type: 'reading', path })
  const files = await findSources(options, { ...load, onFile })
  progress?.({ type: 'building', dataset: options.name })
  const dataset = await build(options, files, load)
  for (const text of dataset.notes ?? []) progress?.({ type: 'note', text })
  return dataset
}

export interface OwnPartOptions extends BuildOptions {
  /** The shape the job's model was made for. @default not compared */
  readonly expected?: DataShape | undefined
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
  const problem = ownPartProblem(options)
  if (problem !== null) throw new OwnPartError(options.name, problem)
  const onFile = (file: string) => progress?.({ type: 'reading', path: file })
  const files = await ownSources(options, path, { signal, onFile })
  progress?.({ type: 'building', dataset: options.name })
  const dataset = await build(options, files, { signal, apart })
  if (expected !== undefined) requireShape(dataset, expected)
  return dataset
}

async function build(
  options: DatasetOptions,
  files: SourceFiles,
  { signal, apart }: Pick<BuildOptions, 'signal' | 'apart'>,
): Promise<Dataset> {
  return apart === true ? buildApart({ options, files }, { signal }) : buildDataset(options, files)
}
