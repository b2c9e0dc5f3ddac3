/** `starling data pull`: the official files of a data set, into the folder where they are looked for first. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type DownloadOptions, download, sha256Of } from './download.ts'
import { NotPullableError } from './errors.ts'
import { isPullable, type OfficialFile, SOURCES, type Source } from './sources.ts'
import { readTarGz } from './tar.ts'
import { readZip } from './zip.ts'

export type PullEvent =
  /** The file was there already. */
  | { readonly type: 'present'; readonly file: string }
  | {
      readonly type: 'downloading'
      readonly file: string
      readonly bytes: number
      readonly total: number
    }
  | { readonly type: 'unpacking'; readonly file: string }
  | { readonly type: 'done'; readonly file: string }
  /** Terms that the data set's authors ask users to know. */
  | { readonly type: 'terms'; readonly text: string }

export interface PullOptions extends Omit<DownloadOptions, 'onBytes'> {
  /** Folder of data sets, `<dataDirectory>/datasets`; each has its own folder in it. */
  readonly directory: string
  readonly progress?: ((event: PullEvent) => void) | undefined
}

/** The data sets that can be pulled. */
export const pullable: readonly string[] = Object.keys(SOURCES)

/**
 * Fetches what is missing. Files already there are kept when they are the official ones. Returns their folder.
 *
 * @throws {NotPullableError} for a data set without official files.
 * @throws {DownloadError | ChecksumError | ArchiveError}
 */
export async function pullDataset(name: string, options: PullOptions): Promise<string> {
  if (!isPullable(name)) throw new NotPullableError(name, pullable)
  return pullSource(SOURCES[name], options)
}

/** The same for any table of files. */
export async function pullSource(source: Source, options: PullOptions): Promise<string> {
  const folder = join(options.directory, source.folder)
  if (source.terms !== undefined) options.progress?.({ type: 'terms', text: source.terms })
  for (const file of source.files) {
    if (file.keep.kind === 'file') await pullPlain(file, join(folder, file.keep.name), options)
    else await pullArchive(file, file.keep, folder, options)
  }
  return folder
}

async function pullPlain(file: OfficialFile, target: string, options: PullOptions): Promise<void> {
  const { progress } = options
  const isOfficial = (await isFile(target)) && (await sha256Of(target)) === file.sha256
  if (isOfficial) return progress?.({ type: 'present', file: target })
  await fetchTo(target, file, options)
  progress?.({ type: 'done', file: target })
}

async function pullArchive(
  file: OfficialFile,
  keep: Extract<OfficialFile['keep'], { members: readonly string[] }>,
  folder: string,
  options: PullOptions,
): Promise<void> {
  const targets = keep.members.map((member) => join(folder, basename(member)))
  const present = await Promise.all(targets.map(isFile))
  if (present.every(Boolean)) {
    for (const target of targets) options.progress?.({ type: 'present', file: target })
    return
  }
  const archive = join(folder, basename(new URL(file.urls[0]!).pathname))
  // An archive that was placed by hand is as good as one fetched, if it is the official one.
  const isOfficial = (await isFile(archive)) && (await sha256Of(archive)) === file.sha256
  if (!isOfficial) await fetchTo(archive, file, options)
  options.progress?.({ type: 'unpacking', file: archive })
  const members =
    keep.kind === 'zip'
      ? readZip(archive, await readFile(archive), keep.members)
      : readTarGz(archive, keep.members, { signal: options.signal })
  for await (const { name, bytes } of members) {
    const target = join(folder, basename(name))
    await writeFile(`${target}.part`, bytes, { flush: true })
    await rename(`${target}.part`, target)
    options.progress?.({ type: 'done', file: target })
  }
  await rm(archive)
}

function fetchTo(target: string, file: OfficialFile, options: PullOptions): Promise<void> {
  return download(file, target, {
    ...options,
    onBytes: (bytes) =>
      options.progress?.({ type: 'downloading', file: target, bytes, total: file.bytes }),
  })
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
