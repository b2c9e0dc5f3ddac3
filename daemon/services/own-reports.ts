/**
 * This node's reports on their way to the run's other owners: while it trains, and after its end until each of them has
 * all, however often either side is restarted in between.
 */
import type { MemberReport } from '../network/index.ts'
import { ReportOutbox } from './report-outbox.ts'
import type { RunContext } from './run-context.ts'
import type { RunRecords } from './run-records.ts'

export interface OwnReportsInit {
  readonly records: RunRecords
  readonly context: RunContext
  /** Peer ids of the run's owners, without this node. */
  readonly owners: readonly string[]
  /** Is told when every owner has everything and nothing more is to come. */
  delivered(): Promise<void>
}

export class OwnReports {
  readonly #init: OwnReportsInit
  #outbox: ReportOutbox | undefined

  constructor(init: OwnReportsInit) {
    this.#init = init
  }

  /** Owners that have not got everything yet; all while the run is active. */
  get awaiting(): readonly string[] {
    const { owners, records } = this.#init
    return owners.filter((owner) => !records.facts.reported?.includes(owner))
  }

  /** Begins with what is kept from earlier. */
  async open(): Promise<void> {
    const { records, context } = this.#init
    const kept = await records.ownReports()
    this.#outbox = new ReportOutbox({
      run: records.run,
      owners: this.awaiting,
      reports: context.wire.reports,
      clock: context.clock,
      isConnected: (peerId) => context.network.isConnected(peerId),
      refused: (report, reason) => void records.note('warn', refusalNote(report, reason)),
      emptied: () => void this.noteDelivered(),
    })
    this.#outbox.add(...kept)
  }

  add(report: MemberReport): void {
    this.#outbox?.add(report)
  }

  /** Writes down which owners have everything, once nothing is to be added any more; ends when all have. */
  async noteDelivered(): Promise<void> {
    const { records, delivered } = this.#init
    if (this.#outbox === undefined || records.isActive) return
    await records.addReported(this.#outbox.delivered)
    if (this.awaiting.length > 0) return
    await this.close(0)
    await delivered()
  }

  /** Tries once more for at most `seconds`, and ends. */
  async close(seconds: number): Promise<void> {
    const outbox = this.#outbox
    this.#outbox = undefined
    await outbox?.stop(seconds)
  }
}

function refusalNote(report: MemberReport, reason: string): string {
  const what = report.type === 'final' ? 'last report' : `report of round ${report.report.round}`
  return (
    `the run's owner refused this node's ${what}: ${reason}. It is missing in the owner's result; ` +
    'give both machines the same version of starling'
  )
}
