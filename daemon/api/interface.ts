/**
 * The control API: what the command line (and any other local program) can ask of a running daemon. The server
 * speaks it over a unix socket (HTTP + JSON, events as server-sent events); `client.ts` gives the same interface
 * back. All types are plain JSON: bytes and seconds as numbers, fractions as 0..1, times as ISO strings.
 */

import type { RoundReport } from '../../src/learning/interface.ts'
import type { Job } from '../../src/learning/job.ts'
import type { RunResult } from '../../src/learning/run-result.ts'

export interface DaemonStatus {
  readonly peerId: string
  readonly version: string
  readonly pid: number
  readonly dataDirectory: string
  readonly addresses: readonly string[]
  readonly startedAt: string
  readonly connections: number
  readonly runs: { readonly active: number; readonly total: number }
  readonly engine: { readonly backend: string; readonly device: string } | null
  readonly memory: { readonly rssBytes: number }
  readonly bytes: { readonly sent: number; readonly received: number }
}

export interface PeerSummary {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly direction: 'inbound' | 'outbound'
  readonly latencySeconds: number | null
  readonly connectedAt: string
}

export type RunState = 'gathering' | 'training' | 'finished' | 'stopped' | 'failed'

export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly state: RunState
  readonly role: 'owner' | 'member'
  readonly rank: number | null
  readonly round: number
  readonly rounds: number
  readonly nodes: { readonly expected: number; readonly joined: number }
  readonly createdAt: string
  /** Why the run failed or was refused; null otherwise. */
  readonly reason: string | null
}

/** One line of a run's event stream; also the lines of `starling runs logs --json`. */
export type RunEvent =
  | {
      readonly type: 'state'
      readonly state: RunState
      readonly reason: string | null
      readonly at: string
    }
  | {
      readonly type: 'member'
      readonly peerId: string
      readonly rank: number
      readonly change: 'joined' | 'left'
      readonly at: string
    }
  | { readonly type: 'round'; readonly report: RoundReport; readonly at: string }
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warn' | 'error'
      readonly message: string
      readonly at: string
    }

export interface CreateRunRequest {
  readonly job: Job
  /** The node's own data file or folder, instead of its share of the job's data set. */
  readonly dataPath?: string
  /** The user's model file, absolute, where the job names one (there it is relative to the job file). */
  readonly modelPath?: string
  /** Folder of the job file, absolute: paths in its `data` section are looked up there first. */
  readonly jobFolder?: string
  /** Further owners: peer ids, or addresses that end in one. @default [] */
  readonly owners?: readonly string[]
  /** How long the token can be used. @default 24 h */
  readonly tokenSeconds?: number
}

export interface JoinRunRequest {
  readonly token: string
  readonly dataPath?: string
  /** This machine's copy of the user's model file, where the job names one; its hash must equal the owner's. */
  readonly modelPath?: string
}

/** Bytes in each direction. */
export interface Flow {
  readonly sent: number
  readonly received: number
}

/** Frames of a run; what was sent is split by what it carries: `sent` = values + indices + overhead. */
export interface RunFlow extends Flow {
  readonly values: number
  readonly indices: number
  readonly overhead: number
  /** The same of what was received: `received` is the sum of these. */
  readonly receivedParts: {
    readonly values: number
    readonly indices: number
    readonly overhead: number
    /** Letters of a private run, which only its sums can open, invalid frames, and what an earlier version counted. */
    readonly unsplit: number
  }
}

/** Bytes since the data directory's first daemon. The sums are those at the sockets. */
export interface ByteStats extends Flow {
  readonly since: string
  /** Since midnight, UTC. */
  readonly today: Flow
  /** Those of streams by protocol; `transport` is all else: encryption, multiplexing, pings, identification. */
  readonly protocols: readonly (Flow & { readonly protocol: string })[]
  readonly peers: readonly (Flow & {
    readonly peerId: string
    readonly protocols: readonly (Flow & { readonly protocol: string })[]
  })[]
  readonly runs: readonly (RunFlow & {
    readonly run: string
    readonly peers: readonly (RunFlow & { readonly peerId: string })[]
  })[]
}

export interface DaemonApi {
  status(): Promise<DaemonStatus>
  /** What was sent and received, by peer, protocol and run. */
  byteStats(): Promise<ByteStats>
  peers(): Promise<readonly PeerSummary[]>
  createRun(
    request: CreateRunRequest,
  ): Promise<{ readonly run: RunSummary; readonly token: string }>
  joinRun(request: JoinRunRequest): Promise<RunSummary>
  runs(): Promise<readonly RunSummary[]>
  run(id: string): Promise<RunSummary>
  /** The document of `starling runs show --json`: the same shape as `starling emulate --json`. */
  result(id: string): Promise<RunResult>
  /** Past events, then new ones until the run ends when `follow` is set. */
  events(id: string, options: { follow: boolean; signal?: AbortSignal }): AsyncIterable<RunEvent>
  stopRun(id: string): Promise<RunSummary>
  resumeRun(id: string): Promise<RunSummary>
  /** Graceful: checkpoints, says goodbye, answers, then ends the process. */
  shutdown(): Promise<void>
}
