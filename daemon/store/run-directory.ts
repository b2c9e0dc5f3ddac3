/** The files of one run. Layout: README.md. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Job } from '../../src/learning/job.ts'
import type { SlotJournal } from '../../src/sharing/index.ts'
import { writeAtomically } from './atomic-write.ts'
import { type Checkpoints, openCheckpoints } from './checkpoints.ts'
import { CorruptFileError, UnknownRunError } from './errors.ts'
import { type JsonLines, openJsonLines } from './json-lines.ts'
import { openSlotJournal } from './slot-journal.ts'

/** What the daemon has to remember of a run besides its documents. Plain JSON. */
export type RunFacts = Readonly<Record<string, unknown>>

/** Values of the three logs; the store itself only reads and writes them. */
interface RunLogs<Event, Report, Received> {
  readonly events: JsonLines<Event>
  /** Own round reports. */
  readonly metrics: JsonLines<Report>
  /** What members report to an owner. */
  readonly reports: JsonLines<Received>
}

export interface RunDirectory<Event = unknown, Report = unknown, Received = unknown>
  extends RunLogs<Event, Report, Received> {
  readonly id: string
  readonly path: string
  readonly checkpoints: Checkpoints
  /** The signed manifest. @throws {CorruptFileError} when the file is gone. */
  readManifest(): Promise<Uint8Array>
  /** Signed rosters in the order of their epochs. */
  readRosters(): Promise<Uint8Array[]>
  writeRoster(epoch: number, bytes: Uint8Array): Promise<void>
  readFacts<T extends RunFacts>(): Promise<T>
  writeFacts(facts: RunFacts): Promise<void>
  /** Writes `final.safetensors`. */
  writeFinal(bytes: Uint8Array): Promise<void>
  /** Which masked vectors a private run has sent. */
  openSlots(): SlotJournal
}

const RUN_ID = /^[0-9a-f]{32}$/

/** Ids of the runs in the folder, whole ones only: facts are written last. */
export async function listRuns(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => RUN_ID.test(name))
  const isWhole = await Promise.all(
    names.map(async (name) => (await readdir(join(folder, name))).includes('run.json')),
  )
  return names.filter((_, i) => isWhole[i])
}

/** Writes a new run's folder; until its facts are there, it does not count. */
export async function createRunDirectory(
  folder: string,
  id: string,
  content: { readonly manifest: Uint8Array; readonly job: Job; readonly facts: RunFacts },
): Promise<void> {
  const path = join(folder, id)
  await mkdir(join(path, 'rosters'), { recursive: true })
  await mkdir(join(path, 'checkpoints'), { recursive: true })
  await writeAtomically(join(path, 'manifest'), content.manifest)
  await writeAtomically(join(path, 'job.json'), `${JSON.stringify(content.job, null, 2)}\n`)
  await writeAtomically(join(path, 'run.json'), `${JSON.stringify(content.facts, null, 2)}\n`)
}

/** Removes a run's folder, its facts first: what is left of an interrupted removal does not count. */
export async function removeRunDirectory(folder: string, id: string): Promise<void> {
  await rm(join(folder, id, 'run.json'), { force: true })
  await rm(join(folder, id), { recursive: true, force: true })
}

/** @throws {UnknownRunError} when there is no such run. */
export async function openRunDirectory<Event, Report, Received>(
  folder: string,
  id: string,
): Promise<RunDirectory<Event, Report, Received>> {
  if (!RUN_ID.test(id) || !(await listRuns(folder)).includes(id)) throw new UnknownRunError(id)
  const path = join(folder, id)
  return {
    id,
    path,
    checkpoints: openCheckpoints(join(path, 'checkpoints')),
    events: openJsonLines(join(path, 'events.jsonl')),
    metrics: openJsonLines(join(path, 'metrics.jsonl')),
    reports: openJsonLines(join(path, 'reports.jsonl')),

    async readManifest() {
      const file = join(path, 'manifest')
      return readFile(file).catch(() => {
        throw new CorruptFileError(file, 'it cannot be read')
      })
    },

    async readRosters() {
      const names = (await readdir(join(path, 'rosters'))).filter((name) => /^\d+$/.test(name))
      return Promise.all(names.sort().map((name) => readFile(join(path, 'rosters', name))))
    },

    writeRoster: (epoch, bytes) =>
      writeAtomically(join(path, 'rosters', String(epoch).padStart(10, '0')), bytes),

    async readFacts<T extends RunFacts>() {
      const file = join(path, 'run.json')
      try {
        return JSON.parse(await readFile(file, 'utf8')) as T
      } catch {
        throw new CorruptFileError(file, 'it is not JSON')
      }
    },

    writeFacts: (facts) =>
      writeAtomically(join(path, 'run.json'), `${JSON.stringify(facts, null, 2)}\n`),

    writeFinal: (bytes) => writeAtomically(join(path, 'final.safetensors'), bytes),

    openSlots: () => openSlotJournal(join(path, 'slots.jsonl')),
  }
}
