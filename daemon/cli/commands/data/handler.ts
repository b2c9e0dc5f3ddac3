import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  datasetFolder,
  datasetNeeds,
  datasetSchema,
  datasets,
  type WantedFile,
} from '../../../../src/data/index.ts'
import { formatBytes } from '../../../../src/reporting/format.ts'
import { dataPlaces, type PullEvent, pullable, pullDataset } from '../../../data/index.ts'
import { interruptible } from '../../../lifecycle.ts'
import { makeFolder } from '../../../store/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson, table } from '../../terminal.ts'

interface DatasetRow {
  readonly name: string
  /** `generated` needs no file; the files of `own` are named by the job. */
  readonly kind: 'generated' | 'files' | 'own'
  /** Where its files are; null where they are not on this machine, or need not be. */
  readonly folder: string | null
  readonly pullable: boolean
}

export async function list(options: GlobalOptions): Promise<void> {
  const places = dataPlaces({ dataDirectory: options.dir, env: process.env })
  const rows = Object.keys(datasets).map((name) => describe(name, places))
  if (options.json) printJson(rows)
  else
    print(
      table(
        ['NAME', 'FILES'],
        rows.map((row) => [row.name, formatFiles(row)]),
      ),
    )
}

function describe(name: string, places: readonly string[]): DatasetRow {
  const isPullable = pullable.includes(name)
  const parsed = datasetSchema.safeParse({ name })
  // What cannot be named alone needs the path of the user's own files.
  if (!parsed.success) return { name, kind: 'own', folder: null, pullable: isPullable }
  const needs = datasetNeeds(parsed.data)
  if (needs.kind !== 'files') {
    const kind = needs.kind === 'nothing' ? 'generated' : 'own'
    return { name, kind, folder: null, pullable: isPullable }
  }
  const folder = places
    .map((place) => join(place, datasetFolder(parsed.data)))
    .find((candidate) => needs.files.every((file) => file.optional || isIn(candidate, file)))
  return { name, kind: 'files', folder: folder ?? null, pullable: isPullable }
}

function isIn(folder: string, file: WantedFile): boolean {
  return file.names.some((name) =>
    [name, `${name}.gz`].some((form) => existsSync(join(folder, form))),
  )
}

function formatFiles({ name, kind, folder }: DatasetRow): string {
  if (kind === 'generated') return 'none needed: generated from the seed'
  if (kind === 'own') return 'your own; the job names them'
  return folder ?? `not here; fetch with: starling data pull ${name}`
}

export async function pull(options: GlobalOptions, name: string): Promise<void> {
  const directory = join(options.dir, 'datasets')
  makeFolder(directory, 0o700)
  const folder = await interruptible(
    (signal) => pullDataset(name, { directory, signal, progress: showProgress() }),
    note,
  )
  if (options.json) printJson({ name, folder })
  else print(folder)
}

/** A line for each file, and for a download one each tenth of it. */
function showProgress(): (event: PullEvent) => void {
  let tenths = -1
  return (event) => {
    if (event.type === 'terms') return note(event.text)
    if (event.type !== 'downloading') {
      tenths = -1
      return note(
        `${event.file}: ${{ present: 'already there', unpacking: 'unpacking', done: 'done' }[event.type]}`,
      )
    }
    const { file, bytes, total } = event
    const now = Math.floor((10 * bytes) / total)
    if (now === tenths) return
    tenths = now
    note(`${file}: ${formatBytes(bytes)} of ${formatBytes(total)}`)
  }
}
