import type { Identity } from '../../crypto/index.ts'
import type { RoundReport } from '../../src/learning/index.ts'
import type { Clock } from '../../src/runtime/clock.ts'
import type { RunEvent } from '../api/interface.ts'
import type {
  CatchUpService,
  MemberReport,
  Membership,
  Network,
  Reports,
  Rounds,
} from '../network/index.ts'
import type { RunDirectory } from '../store/index.ts'
import type { ByteLedger } from './byte-ledger.ts'
import type { PreparationPlaces } from './preparation.ts'

/** A run's folder with what its logs hold. */
export type RunFiles = RunDirectory<RunEvent, RoundReport, MemberReport>

/** The wire as a run sees it. */
interface Wire {
  readonly membership: Membership
  readonly rounds: Rounds
  readonly catchUp: CatchUpService
  readonly reports: Reports
}

/** What all runs of a node share. */
export interface RunContext {
  readonly identity: Identity
  readonly network: Network
  readonly wire: Wire
  readonly places: PreparationPlaces
  readonly ledger: ByteLedger
  readonly clock: Clock
  /** The time of day, for records. */
  now(): Date
  /** Most memory this process has had, bytes. */
  peakMemory(): number
  /** A line of the daemon's log. */
  log(level: 'info' | 'warn' | 'error', fields: object, message: string): void
}
