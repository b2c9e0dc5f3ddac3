/** Finding the files of a data set, in the order of places that docs/data.md describes. */
import { stat } from 'node:fs/promises'
import { basename, isAbsolute, join, normalize, resolve, sep } from 'node:path'
import {
  type DatasetOptions,
  datasetFolder,
  datasetNeeds,
  type SourceFile,
  type SourceFiles,
  type WantedFile,
} from '../../src/data/index.ts'
import { DatasetNotFoundError, ForeignPathError, UnreadableFileError } from './errors.ts'
import type { FindOptions, ReadOptions } from './interface.ts'
import { dataPlaces } from './places.ts'
import { readDataFile, reasonOf } from './read-file.ts'
import { readTree } from './read-tree.ts'
import { isPullable } from './sources.ts'

/**
 * Reads what the data set needs. All files come from the first place that has every required one, so that copies
 * of different origin do not mix.
 *
 * @throws {DatasetNotFoundError} naming every place and file.
 * @throws {ForeignPathError} for a path that a job from elsewhere may not name.
 */
export async function findSources(
  options: DatasetOptions,
  find: FindOptions,
): Promise<SourceFiles> {
  const needs = datasetNeeds(options)
  if (needs.kind === 'nothing') return new Map()
  const folder = datasetFolder(options)
  const named = needs.kind === 'tree' ? [needs.folder] : needs.files.flatMap(({ names }) => names)
  if (find.baseDirectory === undefined) named.forEach(requireInside)
  const places = [
    // Only where the job names a path: a chance `input.txt` beside the job file is not Shakespeare.
    ...(find.baseDirectory !== undefined && namesPath(options) ? [find.baseDirectory] : []),
    ...dataPlaces(find).map((place) => join(place, folder)),
  ]
  for (const place of places) {
    const found =
      needs.kind === 'tree'
        ? await treeIn(resolve(place, needs.folder), needs, find)
        : await filesIn(place, needs.files, find)
    if (found !== null) return found
  }
  throw new DatasetNotFoundError(options.name, {
    places,
    files: needs.kind === 'tree' ? [`${needs.folder}/`] : namesOf(needs.files),
    hint: isPullable(options.name)
      ? `Put the files into one of these folders, or fetch them with: starling data pull ${options.name}`
      : 'Put it into one of these folders, or correct the path in the job.',
  })
}

/**
 * Reads a node's own part from one file or folder of its own; test files may be absent.
 * @throws {DatasetNotFoundError} naming what is missing there.
 */
export async function ownSources(
  options: DatasetOptions,
  path: string,
  read: ReadOptions,
): Promise<SourceFiles> {
  const needs = datasetNeeds(options)
  if (needs.kind === 'nothing') return new Map()
  const found =
    needs.kind === 'tree'
      ? await treeIn(resolve(path), needs, read)
      : await ownFiles(resolve(path), needs.files, read)
  if (found !== null) return found
  throw new DatasetNotFoundError(options.name, {
    places: [resolve(path)],
    files:
      needs.kind === 'tree'
        ? ['one sub-folder a class, with PNG or JPEG files']
        : namesOf(needs.files.filter(({ holds }) => holds === 'train').map(baseNames)),
    hint: 'Put your own data there under these names, or give another path.',
  })
}

async function ownFiles(
  path: string,
  files: readonly WantedFile[],
  read: ReadOptions,
): Promise<SourceFiles | null> {
  const own = files.map((file) => ({
    ...baseNames(file),
    optional: file.optional === true || file.holds === 'test',
  }))
  if (!(await isThere(path, 'file'))) return filesIn(path, own, read)
  const required = own.filter(({ optional }) => !optional)
  // One file can only stand for a data set whose training part is one file.
  if (required.length !== 1) return null
  return new Map([[required[0]!.key, await readOne(path, required[0]!, read)]])
}

/** The wanted file under its last path component: a path in the job says nothing about a node's own folder. */
function baseNames(file: WantedFile): WantedFile {
  return { ...file, names: [...new Set(file.names.map((name) => basename(name)))] }
}

/** The files as far as `place` has them, or null where a required one is absent. */
async function filesIn(
  place: string,
  files: readonly WantedFile[],
  read: ReadOptions,
): Promise<SourceFiles | null> {
  const paths = new Map<string, string>()
  for (const file of files) {
    const path = await firstThere(file.names.flatMap((name) => candidates(place, name)))
    if (path !== undefined) paths.set(file.key, path)
    else if (file.optional !== true) return null
  }
  const found = new Map<string, SourceFile>()
  for (const file of files) {
    const path = paths.get(file.key)
    if (path !== undefined) found.set(file.key, await readOne(path, file, read))
  }
  return found
}

async function treeIn(
  path: string,
  needs: Parameters<typeof readTree>[1],
  read: ReadOptions,
): Promise<SourceFiles | null> {
  return (await isThere(path, 'folder')) ? readTree(path, needs, read) : null
}

function readOne(path: string, file: WantedFile, read: ReadOptions): Promise<SourceFile> {
  read.onFile?.(path)
  return readDataFile(path, file.limit, { signal: read.signal })
}

function candidates(place: string, name: string): string[] {
  const path = resolve(place, name)
  return [path, `${path}.gz`]
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isThere(path, 'file')) return path
  return undefined
}

/** Whatever is no folder counts as a file here, so that reading it can say what it is instead. */
async function isThere(path: string, what: 'file' | 'folder'): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new UnreadableFileError(path, `${reasonOf(error)}. Check the rights of its folders.`)
  })
  return found !== null && found.isDirectory() === (what === 'folder')
}

function namesOf(files: readonly WantedFile[]): string[] {
  return files.map(({ names, optional }) => names[0]! + (optional ? ' (optional)' : ''))
}

/** Whether the data set's options say where its files are. */
function namesPath(options: DatasetOptions): boolean {
  return 'file' in options || 'folder' in options
}

function requireInside(path: string): void {
  const plain = normalize(path)
  if (isAbsolute(path) || plain === '..' || plain.startsWith(`..${sep}`)) {
    throw new ForeignPathError(path)
  }
}
