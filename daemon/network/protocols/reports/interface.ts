/** What members tell a run's owners about their rounds. See README.md for the wire. */
import type { InvalidReportError } from './errors.ts'
import type { MemberReport } from './report.ts'

export interface ReportsInit {
  /** The rank of an authenticated peer in a run that this node owns; undefined refuses it. */
  rankOf(run: string, peerId: string): number | undefined
  /** Writes reports down; they are of the sender's own rank. A report may come twice. */
  store(run: string, reports: readonly MemberReport[]): Promise<void>
  /** Is told of each report that is left out. */
  reportRefused(run: string, peerId: string, error: InvalidReportError): void
}

/** What became of the reports sent, in order: so many were stored, and perhaps the next one was refused. */
export interface SendOutcome {
  readonly stored: number
  /** Why the report after those that were stored never will be; null where none was refused. */
  readonly refused: string | null
}

export interface Reports {
  /** Sends as many of the reports as fit one call, in order. */
  send(
    run: string,
    peerId: string,
    reports: readonly MemberReport[],
    options?: { signal?: AbortSignal },
  ): Promise<SendOutcome>
}
