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
  /** Values of the model; absent in runs of earlier versions. */
  readonly parameters?: number
  /** Own last report, once there is one. */
  readonly final: FinalReport | null
  /** Peer ids of the owners that have all of this node's reports; none while there are more to come. */
  readonly reported?: readonly string[]
}
