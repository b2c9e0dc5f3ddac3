import type { RunState } from '../api/interface.ts'
import type { FinalReport } from '../network/index.ts'

/** What run.json holds: all that is not in a run's signed documents. */
export type RunFacts = {
  readonly role: 'owner' | 'member'
  readonly state: RunState
  /** Why it failed or stopped; null otherwise. */
  readonly reason: string | null
  readonly createdAt: string
  readonly dataPath?: string
  readonly modelPath?: string
  readonly jobFolder?: string
  /** Own last report, once there is one. */
  readonly final: FinalReport | null
}
