import { join } from 'node:path'
import type { RoundReport } from '../../src/learning/index.ts'
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
    return this.#facts.state === 'gathering' || this.#facts.state === 'training'
  }

  async setState(state: RunState, reason: string | null): Promise<void> {
    this.#facts = { ...this.#facts, state, reason }
    await this.files.writeFacts(this.#facts)
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

  /** Own reports of earlier rounds. */
  async ownRounds(): Promise<MemberReport[]> {
    const reports = await this.files.metrics.readAll()
    return reports.map((report) => ({ type: 'round', report }))
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

  /** Members' reports; those that are known already are left out. */
  async addReports(reports: readonly MemberReport[]): Promise<void> {
    const fresh = reports.filter((report) => this.ledger.add(report))
    if (fresh.length === 0) return
    await this.files.reports.append(...fresh)
    for (const entry of fresh) {
      if (entry.type === 'round') await this.events.add({ type: 'round', report: entry.report })
    }
  }
}

/** Everything else in the folder is signed, hashed or can be left out; these few facts cannot. */
function requireFacts({ role, state, createdAt }: Partial<RunFacts>, path: string): void {
  if ([role, state, createdAt].every((fact) => typeof fact === 'string')) return
  throw new CorruptFileError(path, 'it lacks the role, the state or the time of the run')
}
