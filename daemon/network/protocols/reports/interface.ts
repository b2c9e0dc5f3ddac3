/** What members tell a run's owners about their rounds. See README.md for the wire. */
import type { MemberReport } from './report.ts'

export interface ReportsInit {
  /** The rank of an authenticated peer in a run that this node owns; undefined refuses it. */
  rankOf(run: string, peerId: string): number | undefined
  /** Writes reports down; they are of the sender's own rank. A report may come twice. */
  store(run: string, reports: readonly MemberReport[]): Promise<void>
}

export interface Reports {
  /** Sends as many of the reports as fit one call, in order, and says how many the owner has stored. */
  send(
    run: string,
    peerId: string,
    reports: readonly MemberReport[],
    options?: { signal?: AbortSignal },
  ): Promise<number>
}
