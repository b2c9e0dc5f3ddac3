/**
 * The main job for a newcomer: several daemons on this machine, each a process with its own identity, directory and
 * part of the data, train one model together; then the same nodes train alone, to see what it was good for.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'smol-toml'
import { applyOverrides, type Job, parseJob, type RoundReport } from '../../src/learning/index.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { renderReport } from '../../src/reporting/index.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import { reportDataOf } from '../report-data.ts'
import { PACKAGE_ROOT } from '../version.ts'
import { type Alone, accuracyBefore, trainAlone } from './baseline.ts'
import { DaemonProcess } from './daemon-process.ts'
import { DemoProgress, type RoundSummary } from './progress.ts'
import { openSession, removeAbandoned } from './session.ts'

export interface DemoOptions {
  readonly nodes?: number
  readonly rounds?: number
  /** Keep the daemons' data directories. */
  readonly keep?: boolean
}

export interface DemoEvents {
  /** What is going on, in a sentence. */
  stage(text: string): void
  round(summary: RoundSummary, rounds: number): void
}

/** One node's line in the closing table, and of `starling demo --json`. */
export interface DemoNode {
  readonly rank: number
  readonly peerId: string
  readonly accuracy: {
    readonly before: number
    readonly alone: number | null
    readonly together: number | null
  }
  readonly bytesSent: number
  /** Sums over all rounds. */
  readonly seconds: RoundReport['seconds']
}

export interface DemoResult {
  readonly nodes: readonly DemoNode[]
  readonly together: RunResult
  readonly alone: RunResult
  /** Path of the HTML report. */
  readonly report: string
  /** The daemons' data directories, where they were kept. */
  readonly directories: readonly string[]
}

/** The demo's run ended before its last round. */
class DemoRunError extends StarlingError {
  override name = 'DemoRunError'
}

/** How long after its streams the end of a daemon's process may be noticed. */
const DEATH_MS = 500

const JOB = fileURLToPath(new URL('examples/jobs/demo.toml', PACKAGE_ROOT))

/** Runs the demo; whatever happens, no daemon is left behind. */
export async function runDemo(
  options: DemoOptions,
  events: DemoEvents,
  signal: AbortSignal,
): Promise<DemoResult> {
  const overrides = overridesOf(options)
  const job = parseJob(applyOverrides(parse(readFileSync(JOB, 'utf8')), overrides))
  await removeAbandoned()
  const { folder, release } = await openSession()
  const directories = Array.from({ length: job.nodes }, (_, i) => join(folder, `node-${i}`))
  const daemons: DaemonProcess[] = []
  // The last resort, when this process ends without getting as far as the orderly stop below.
  const killAll = () => {
    for (const daemon of daemons) daemon.kill()
  }
  process.on('exit', killAll)
  let hasReport = false
  try {
    events.stage(`Starting ${job.nodes} daemons, each a process with its own identity and data …`)
    for (const [i, directory] of directories.entries()) {
      mkdirSync(directory, { mode: 0o700 })
      daemons.push(new DaemonProcess(`Node ${i}`, directory))
    }
    const together = await trainTogether({ job, daemons, events, signal })
    events.stage(`Stopping the daemons …`)
    await Promise.all(daemons.map((daemon) => daemon.stop()))

    events.stage('Training the same nodes alone, to compare …')
    const alone = await trainAlone({
      jobPath: JOB,
      overrides,
      folder: join(folder, 'alone'),
      signal,
    })
    const before = await accuracyBefore(job)
    const report = join(folder, 'report.html')
    writeFileSync(
      report,
      renderReport(
        [
          reportDataOf({ result: together.result, job }, 'together'),
          // Nobody talks to anybody there: the graph and the job file are those of the run above.
          { result: alone.result, label: 'alone' },
        ],
        { title: `Demo: ${job.nodes} nodes, together and alone` },
      ),
    )
    hasReport = true
    const kept = options.keep === true
    return {
      nodes: together.nodes.map((node) => nodeRow(node, before, alone)),
      together: together.result,
      alone: alone.result,
      report,
      directories: kept ? directories : [],
    }
  } finally {
    await Promise.all(daemons.map((daemon) => daemon.stop()))
    process.off('exit', killAll)
    await release()
    if (options.keep !== true) {
      const spare = hasReport ? [...directories, join(folder, 'alone')] : [folder]
      for (const path of spare) rmSync(path, { recursive: true, force: true })
    }
  }
}

function overridesOf({ nodes, rounds }: DemoOptions): string[] {
  return [
    ...(nodes === undefined ? [] : [`nodes=${nodes}`]),
    ...(rounds === undefined ? [] : [`train.rounds=${rounds}`]),
  ]
}

interface Training {
  readonly job: Job
  readonly daemons: readonly DaemonProcess[]
  readonly events: DemoEvents
  readonly signal: AbortSignal
}

interface NodeOutcome {
  readonly rank: number
  readonly peerId: string
  readonly reports: readonly RoundReport[]
}

/** The first daemon creates the run, the others join by its token, all are followed to the end. */
async function trainTogether({ job, daemons, events, signal }: Training) {
  const anyDeath = Promise.race(daemons.map((daemon) => daemon.died))
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  interrupted.catch(() => {}) // it may come when nothing waits for it any more
  // A daemon's streams break a moment before its process is seen to end; its death is the better explanation.
  const preferDeath = async (error: unknown): Promise<never> => {
    await Promise.race([anyDeath, sleep(DEATH_MS)])
    throw error
  }
  const orTrouble = <T>(work: Promise<T>) =>
    Promise.race([work.catch(preferDeath), anyDeath, interrupted])

  await orTrouble(Promise.all(daemons.map((daemon) => daemon.ready())))
  const [owner, ...others] = daemons
  const { run, token } = await orTrouble(owner!.api.createRun({ job }))
  events.stage(`Node 0 created run ${run.id.slice(0, 12)}; the others join it by its token …`)
  // One after the other, so that node i has rank i.
  for (const member of others) await orTrouble(member.api.joinRun({ token }))
  events.stage(`Training ${job.model.name} on ${job.data.name}, ${job.train.rounds} rounds …`)

  const progress = new DemoProgress(daemons.length)
  const follow = async (daemon: DaemonProcess, node: number) => {
    let rank: number | null = null
    for await (const event of daemon.api.events(run.id, { follow: true, signal })) {
      if (event.type === 'round') {
        // The owner's stream holds what all members report; each daemon is asked for its own rounds here.
        rank ??= (await daemon.api.run(run.id)).rank
        if (event.report.rank !== rank) continue
        const summary = progress.add(node, event.report)
        if (summary !== null) events.round(summary, job.train.rounds)
      } else if (
        event.type === 'state' &&
        (event.state === 'failed' || event.state === 'stopped')
      ) {
        throw new DemoRunError(
          `The run ${event.state} on ${daemon.name}: ${event.reason ?? 'no reason given'}.`,
        )
      }
    }
  }
  await orTrouble(Promise.all(daemons.map(follow)))
  const nodes = await orTrouble(
    Promise.all(daemons.map((daemon, node) => outcomeOf(daemon, run.id, progress.reportsOf(node)))),
  )
  return { nodes, result: await orTrouble(owner!.api.result(run.id)) }
}

async function outcomeOf(
  daemon: DaemonProcess,
  run: string,
  reports: readonly RoundReport[],
): Promise<NodeOutcome> {
  const [{ peerId }, { rank }] = await Promise.all([daemon.api.status(), daemon.api.run(run)])
  return { peerId, rank: rank ?? -1, reports }
}

function nodeRow({ rank, peerId, reports }: NodeOutcome, before: number, alone: Alone): DemoNode {
  const together = reports.findLast((report) => report.accuracy !== null)?.accuracy ?? null
  const total = (of: (report: RoundReport) => number) =>
    reports.reduce((sum, report) => sum + of(report), 0)
  return {
    rank,
    peerId,
    accuracy: { before, alone: alone.accuracies[rank] ?? null, together },
    bytesSent: total((report) => report.bytes.sent),
    seconds: {
      train: total((report) => report.seconds.train),
      encode: total((report) => report.seconds.encode),
      wait: total((report) => report.seconds.wait),
      mix: total((report) => report.seconds.mix),
      evaluate: total((report) => report.seconds.evaluate),
    },
  }
}
