/** Reads a job file and what it refers to on this machine's disk. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'smol-toml'
import { applyOverrides, type Job, jobTopology, parseJob } from '../../src/learning/index.ts'
import type { ModelFile } from '../../src/model/index.ts'
import { parseEdges } from '../../src/topology/index.ts'
import { UsageError } from './errors.ts'

/** Characters of a line that is quoted in an error. */
const LONGEST_QUOTE = 120

export interface JobFile {
  /** Complete: a topology's edges file has been read into the job, which can so travel to other machines. */
  readonly job: Job
  /** The user's model file, absolute, where the job names one. */
  readonly modelPath?: string
}

/**
 * Refuses here, before anything is started, what can be told from the job alone. The graph is drawn for that, which
 * `parseJob` leaves out: it also reads what other machines send, and a graph can be large.
 *
 * @param overrides `key=value` pairs from the command line, such as `train.rounds=20`
 * @throws {UsageError} where a file cannot be read
 * @throws {InvalidJobError} naming every wrong key
 * @throws {ImpossibleTopologyError} where the topology does not fit the number of nodes
 */
export async function readJobFile(
  path: string,
  overrides: readonly string[] = [],
): Promise<JobFile> {
  const text = await readText(path, 'job file')
  const folder = dirname(resolve(path))
  const written = parseJob(applyOverrides(parseToml(path, text), overrides))
  const job = await inlineEdges(written, folder)
  jobTopology(job)
  const { model } = job
  return {
    job,
    ...('file' in model && { modelPath: resolve(folder, model.file) }),
  }
}

/** What the engine needs of the model file that a job names; undefined for a model of the zoo. */
export async function readModelFile(
  job: Job,
  modelPath: string | undefined,
): Promise<ModelFile | undefined> {
  if (modelPath === undefined) return undefined
  const text = await readText(modelPath, 'model file')
  return job.model.name === 'module' ? { url: pathToFileURL(modelPath).href } : { json: text }
}

async function inlineEdges(job: Job, folder: string): Promise<Job> {
  if (job.topology.kind !== 'edges' || job.topology.file === undefined) return job
  const text = await readText(resolve(folder, job.topology.file), 'edges file')
  const edges = parseEdges(text).edges.map(([a, b]): [number, number] => [a, b])
  return { ...job, topology: { kind: 'edges', edges } }
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    throw new UsageError(`${path} is not TOML: ${printable((error as Error).message)}`)
  }
}

/** The parser quotes what it could not read; a file that is no text at all must not reach the terminal. */
function printable(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/[^\P{C}\t]|\uFFFD/gu, '?').slice(0, LONGEST_QUOTE))
    .join('\n')
}

/** @throws {UsageError} naming the file and what it is for */
export async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = { ENOENT: 'there is none', EISDIR: 'it is a folder' }[code ?? ''] ?? code
    throw new UsageError(`Cannot read the ${what} ${path}: ${reason}.`)
  }
}
