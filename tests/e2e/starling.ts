/** Runs the real program in real processes, and leaves none behind. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { DaemonStatus, RunSummary } from '../../daemon/api/index.ts'
import { PROGRAM } from '../../daemon/background.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const folders: string[] = []

/** A fresh folder, removed with the daemons in it when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'starling-e2e-'))
  folders.push(folder)
  return folder
}

const directories = new Set<string>()

/** Commands still running, as they are when a test has timed out; one of them may be starting a daemon. */
const running = new Set<Promise<unknown>>()

afterEach(async () => {
  await Promise.all(running)
  for (const directory of directories) killDaemon(directory)
  directories.clear()
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

/** `kill -9`, as a power cut would end it. */
export function killDaemon(directory: string): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(directory, 'lock'), 'utf8'), 10), 'SIGKILL')
  } catch {
    // It has ended already, or never began.
  }
}

const environment = {
  ...process.env,
  STARLING_NETWORK_LISTEN: '/ip4/127.0.0.1/tcp/0',
  STARLING_NETWORK_MDNS: 'false',
  NO_COLOR: '1',
}

/** Runs one command to its end. */
export function starling(directory: string, ...words: readonly string[]): Promise<Outcome> {
  directories.add(directory)
  const outcome = new Promise<Outcome>((resolve) => {
    const options = { env: { ...environment, STARLING_DIR: directory }, maxBuffer: 2 ** 26 }
    execFile(process.execPath, [PROGRAM, ...words], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr })
    })
  })
  running.add(outcome)
  return outcome.finally(() => running.delete(outcome))
}

/** Runs a command that must succeed and prints JSON. */
export async function ask<T>(directory: string, ...words: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await starling(directory, ...words, '--json')
  if (code !== 0) throw new Error(`starling ${words.join(' ')} ended with ${code}:\n${stderr}`)
  return JSON.parse(stdout) as T
}

/** A daemon in the foreground, for tests of signals. */
export function foreground(directory: string) {
  directories.add(directory)
  const env = { ...environment, STARLING_DIR: directory }
  const child = spawn(process.execPath, [PROGRAM, 'up', '--json'], { env })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ready = new Promise<DaemonStatus>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString())))
    child.once('exit', () => reject(new Error(`the daemon ended: ${stderr}`)))
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, ready, ended, errors: () => stderr }
}

/** Waits until something holds, without fixed sleeps beyond the pause between two looks. */
export async function until<T>(look: () => Promise<T | null>, seconds = 40): Promise<T> {
  const deadline = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Waits for a run to reach its end; fails at once when it fails. */
export function untilFinished(
  daemon: { run(id: string): Promise<RunSummary> },
  id: string,
  seconds?: number,
): Promise<RunSummary> {
  return until(async () => {
    const run = await daemon.run(id)
    if (run.state === 'failed' || run.state === 'stopped') {
      throw new Error(`the run ${run.state}: ${run.reason}`)
    }
    return run.state === 'finished' ? run : null
  }, seconds)
}

/** A small job on generated data, enough to exchange and to evaluate. */
export function writeJob(
  folder: string,
  changes: { nodes: number; rounds: number; localSteps?: number; deadline?: number },
): string {
  const path = join(folder, 'job.toml')
  writeFileSync(
    path,
    `version = 1
name = "tiny"
nodes = ${changes.nodes}
model = { name = "mlp", hidden = [16] }
data = { name = "clusters", train = 256, test = 128 }
partition = { kind = "shards", perNode = 2 }
topology = { kind = "full" }
train = { rounds = ${changes.rounds}, localSteps = ${changes.localSteps ?? 2}, batch = 8, lr = 0.05 }
eval = { every = 2 }
checkpoint = { every = 2 }
limits = { deadline = ${changes.deadline ?? 30} }
`,
  )
  return path
}
