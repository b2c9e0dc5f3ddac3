/** `starling data pull`: the official files of a data set, into the folder where they are looked for first. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type DownloadOptions, download, sha256Of } from './download.ts'
import { DownloadError, type MissingFile, NotPullableError } from './errors.ts'
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
  for (const [i, file] of source.files.entries()) {
    try {
      if (file.keep.kind === 'file') await pullPlain(file, targetOf(file, folder), options)
      else await pullArchive(file, file.keep, folder, options)
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error
      // Whoever brings files by hand wants to know of all of them at once.
      const others = await missingOf(source.files.slice(i + 1), folder)
      throw new DownloadError(error.reason, [error.missing[0]!, ...others])
    }
  }
  return folder
}

/** Where the file is fetched to: a plain one as it is kept, an archive under the name that it has on the server. */
function targetOf({ keep, urls }: OfficialFile, folder: string): string {
  return join(folder, keep.kind === 'file' ? keep.name : basename(new URL(urls[0]!).pathname))
}

async function missingOf(files: readonly OfficialFile[], folder: string): Promise<MissingFile[]> {
  const missing: MissingFile[] = []
  for (const file of files) {
    const target = targetOf(file, folder)
    const isHere =
      file.keep.kind === 'file'
        ? await isOfficial(target, file)
        : await hasMembers(file.keep.members, folder)
    if (!isHere) missing.push({ url: file.urls[0]!, bytes: file.bytes, target })
  }
  return missing
}

async function pullPlain(file: OfficialFile, target: string, options: PullOptions): Promise<void> {
  const { progress } = options
  if (await isOfficial(target, file)) return progress?.({ type: 'present', file: target })
  await fetchTo(target, file, options)
  progress?.({ type: 'done', file: target })
}

async function pullArchive(
  file: OfficialFile,
  keep: Extract<OfficialFile['keep'], { members: readonly string[] }>,
  folder: string,
  options: PullOptions,
): Promise<void> {
  if (await hasMembers(keep.members, folder)) {
    for (const member of keep.members) {
      options.progress?.({ type: 'present', file: join(folder, basename(member)) })
    }
    return
  }
  const archive = targetOf(file, folder)
  // An archive that was placed by hand is as good as one fetched, if it is the official one.
  if (!(await isOfficial(archive, file))) await fetchTo(archive, file, options)
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

async function isOfficial(path: string, { sha256 }: OfficialFile): Promise<boolean> {
  return (await isFile(path)) && (await sha256Of(path)) === sha256
}

async function hasMembers(members: readonly string[], folder: string): Promise<boolean> {
  const present = await Promise.all(members.map((member) => isFile(join(folder, basename(member)))))
  return present.every(Boolean)
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false
}
