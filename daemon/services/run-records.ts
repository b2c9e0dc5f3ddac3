import { join } from 'node:path'
import type { LearnerState, RoundReport } from '../../src/learning/index.ts'
import type { RunState } from '../api/interface.ts'
import type { FinalReport, MemberReport } from '../network/index.ts'
import { CorruptFileError } from '../store/index.ts'
import { EventLog } from './event-log.ts'
import { ReportLedger } from './report-ledger.ts'
import type { RunContext, RunFiles } from './run-context.ts'
import type { RunFacts } from './run-facts.ts'

/** What is written down of a run, in its files and in memory alike. */
export class RunRecords {
  readonly run: string
  readonly files: RunFiles
  readonly events: EventLog
  readonly ledger = new ReportLedger()
  readonly #log: RunContext['log']
  #facts: RunFacts
  /** Facts are written one after the other, so that the last ones stay. */
  #lastFacts: Promise<unknown> = Promise.resolve()
  #lastReports: Promise<unknown> = Promise.resolve()

  private constructor(files: RunFiles, facts: RunFacts, events: EventLog, log: RunContext['log']) {
    this.run = files.id
    this.files = files
    this.events = events
    this.#facts = facts
    this.#log = log
  }

  static async open(files: RunFiles, { now, log }: RunContext): Promise<RunRecords> {
    const facts = await files.readFacts<RunFacts>()
    requireFacts(facts, join(files.path, 'run.json'))
    const events = await EventLog.open(files.events, () => now().toISOString())
    const records = new RunRecords(files, facts, events, log)
    for (const report of await files.metrics.readAll()) {
      records.ledger.add({ type: 'round', report })
    }
    for (const report of await files.reports.readAll()) records.ledger.add(report)
    return records
  }

  get facts(): RunFacts {
    return this.#facts
  }

  get isActive(): boolean {
    return isActive(this.#facts.state)
  }

  async setState(state: RunState, reason: string | null): Promise<void> {
    await this.#writeFacts({ state, reason, ...(isActive(state) && { reported: [] }) })
    await this.events.add({ type: 'state', state, reason })
    this.#log('info', { run: this.run, state, reason }, 'run')
  }

  async fail(error: unknown): Promise<void> {
    this.#log('error', { run: this.run, err: error }, 'a run failed')
    await this.setState('failed', error instanceof Error ? error.message : String(error))
  }

  /** A line for the user and for the daemon's log. */
  async note(level: 'info' | 'warn' | 'error', message: string): Promise<void> {
    this.#log(level, { run: this.run }, message)
    await this.events.add({ type: 'log', level, message })
  }

  /** Own reports so far, in order. */
  async ownReports(): Promise<MemberReport[]> {
    const rounds = await this.files.metrics.readAll()
    const { final } = this.#facts
    return [
      ...rounds.map((report): MemberReport => ({ type: 'round', report })),
      ...(final === null ? [] : [{ type: 'final', final } as const]),
    ]
  }

  /** Owners that have all own reports. */
  async addReported(owners: readonly string[]): Promise<void> {
    const known = this.#facts.reported ?? []
    const fresh = owners.filter((owner) => !known.includes(owner))
    if (fresh.length > 0) await this.#writeFacts({ reported: [...known, ...fresh] })
  }

  /** The newest whole one; the run's log names those passed over. */
  loadCheckpoint(): Promise<LearnerState | null> {
    return this.files.checkpoints.load((file, error) => {
      void this.note('warn', `checkpoint ${file} is passed over: ${error.message}`)
    })
  }

  async addOwnRound(report: RoundReport): Promise<void> {
    this.ledger.add({ type: 'round', report })
    await this.files.metrics.append(report)
    await this.events.add({ type: 'round', report })
  }

  async addOwnFinal(final: FinalReport): Promise<void> {
    this.#facts = { ...this.#facts, final }
    this.ledger.add({ type: 'final', final })
    await this.files.reports.append({ type: 'final', final })
  }

  /**
   * Members' reports, one call after the other; those that are known already are left out. A report is known when it and
   * all before it are written down: what fails on the way is taken again when it is sent again.
   */
  addReports(reports: readonly MemberReport[]): Promise<void> {
    const done = this.#lastReports.then(async () => {
      const fresh = reports.filter((report) => !this.ledger.has(report))
      if (fresh.length > 0) await this.files.reports.append(...fresh)
      for (const entry of fresh) {
        if (entry.type === 'round') await this.events.add({ type: 'round', report: entry.report })
        this.ledger.add(entry)
      }
    })
    this.#lastReports = done.catch(() => {})
    return done
  }

  #writeFacts(change: Partial<RunFacts>): Promise<void> {
    this.#facts = { ...this.#facts, ...change }
    const done = this.#lastFacts.then(() => this.files.writeFacts(this.#facts))
    this.#lastFacts = done.catch(() => {})
    return done
  }
}

function isActive(state: RunState): boolean {
  return state === 'gathering' || state === 'training'
}

/** Everything else in the folder is signed, hashed or can be left out; these few facts cannot. */
function requireFacts({ role, state, createdAt }: Partial<RunFacts>, path: string): void {
  if ([role, state, createdAt].every((fact) => typeof fact === 'string')) return
  throw new CorruptFileError(path, 'it lacks the role, the state or the time of the run')
}
