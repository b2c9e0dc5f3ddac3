/** How data are found and loaded. */
import type { DataShape } from '../../src/data/index.ts'
import type { DataPlaces } from './places.ts'

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  /** Told of every file before it is read. */
  readonly onFile?: ((path: string) => void) | undefined
}

export interface FindOptions extends DataPlaces, ReadOptions {
  /**
   * Folder of the job file when it is this machine's own: paths in it are then taken as any program would.
   * Without it the job came from elsewhere, and may name nothing outside the places for data.
   */
  readonly baseDirectory?: string | undefined
}

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
   * Load in a thread of its own, so that this one goes on answering: for a process that talks to peers. Small data
   * that are generated need none.
   * @default false
   */
  readonly apart?: boolean | undefined
}

export interface LoadOptions extends Omit<FindOptions, 'onFile'>, BuildOptions {}

export interface OwnPartOptions extends BuildOptions {
  /** The shape the job's model was made for. @default not compared */
  readonly expected?: DataShape | undefined
}
