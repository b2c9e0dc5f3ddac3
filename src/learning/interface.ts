/** The contracts of the learning room: what a learner needs, what it reports. */
import type { EvaluateJob, Evaluation, TrainJob, TrainResult } from '../engine/interface.ts'
import type { ParameterLayout } from '../model/parameters.ts'
import type { Clock } from '../runtime/clock.ts'
import type { EncodedFrame, FrameParts } from '../sharing/index.ts'
import type { Inbox, Outbox, PrivacyReport, SharingStrategy } from '../sharing/interface.ts'
import type { Topology } from '../topology/interface.ts'
import type { Job } from './job.ts'

/**
 * Carries frames between ranks: libp2p streams in the daemon, an in-memory mailbox with a link model in the
 * emulator. Incoming frames are handed to the exchange's `deliver` by whoever owns the courier; the source rank
 * comes from the authenticated connection, never from the frame.
 */
export interface Courier {
  /** Hands one frame to the transport. Rejects when the target cannot be reached; never waits for the target's round. */
  send(target: number, frame: Uint8Array, options?: { signal?: AbortSignal }): Promise<void>
  /** False while there is no connection to that rank, so that a round need not wait for it. */
  isReachable(rank: number): boolean
}

/** Is told of every frame that was handed to the transport or has arrived, by the other's rank. */
export interface FrameTally {
  sent(target: number, frame: EncodedFrame): void
  /** @param parts of these bytes, null where they are no valid frame */
  received(source: number, bytes: number, parts: FrameParts | null): void
}

/** Bytes of one round, split by what they carry. `sent` = values + indices + overhead. */
export interface RoundBytes {
  readonly sent: number
  readonly received: number
  readonly values: number
  readonly indices: number
  readonly overhead: number
}

export interface ExchangeOutcome {
  /** Empty where the quorum was missed: the round keeps the node's own model. */
  readonly inbox: Inbox
  /** Fewer sources were heard than `limits.quorum` asks for. */
  readonly quorumMissed: boolean
  /** Sources that were expected and did not arrive in time, with the reason. */
  readonly missing: readonly {
    readonly rank: number
    readonly reason: 'late' | 'unreachable' | 'invalid'
  }[]
  readonly bytes: RoundBytes
  /** Targets that got no values because a limit was reached. */
  readonly skipped: readonly number[]
  readonly seconds: { readonly encode: number; readonly wait: number }
}

/** One phase of one round: send, then wait until all sources have answered or the adaptive deadline has passed. */
export interface Exchange {
  exchange(
    round: number,
    phase: number,
    outbox: Outbox,
    sources: readonly number[],
    options?: { signal?: AbortSignal },
  ): Promise<ExchangeOutcome>
  /** Takes back the memory of messages that nobody reads any more. @default it is collected */
  release?(inbox: Inbox): void
  /** Bytes that each of so many messages may have by the job's limits. @default infinite */
  allowance?(messages: number): number
  /** Resolves when everything has been handed to the transport that a limit made wait. @default nothing waits */
  flush?(): Promise<void>
  /** The round that the majority of the neighbours has reached, null while unknown: tells a node that it is behind. */
  majorityRound?(): number | null
}

/** The part of an engine a learner needs: one node at a time. The emulator batches many of these into one call. */
export interface LearnerEngine {
  readonly layout: ParameterLayout
  readonly optimiserStateSize: number
  train(job: TrainJob, options?: { signal?: AbortSignal }): Promise<TrainResult>
  evaluate(job: EvaluateJob, options?: { signal?: AbortSignal }): Promise<Evaluation>
}

/**
 * All that a node carries from one round to the next; what a checkpoint holds. Random streams are derived from
 * (seed, rank, round) and need no saving.
 */
export interface LearnerState {
  /** Rounds completed: the next round to run. */
  readonly round: number
  readonly parameters: Float32Array
  readonly optimiserState: Float32Array
  readonly steps: number
  /** How far the model moved in the last round, for slow momentum; empty without it. */
  readonly velocity: Float32Array
  /** The sharing strategy's own state: plain data. */
  readonly sharing: unknown
}

export interface LearnerInit {
  readonly job: Job
  readonly rank: number
  readonly engine: LearnerEngine
  readonly strategy: SharingStrategy
  /** The topology in force at a round; changes when the roster does. */
  topologyAt(round: number): Topology
  /** Indices of this node's own training examples. */
  readonly examples: Int32Array
  readonly exchange: Exchange
  readonly clock: Clock
  readonly state: LearnerState
  /** Whether this node measures its model in the rounds in which that is due. @default true */
  readonly evaluates?: boolean
  /** Test examples to measure on, see `evaluationExamples`. @default all */
  readonly testExamples?: Int32Array
  /**
   * How to catch up after having been away: a neighbour's current round and parameters, or null where nobody is
   * ahead. Asked once at the start, and whenever the neighbours turn out to be two rounds ahead or more.
   */
  catchUp?(round: number, options?: { signal?: AbortSignal }): Promise<CatchUp | null>
}

/** Another node's model as of the beginning of `round`. */
export interface CatchUp {
  readonly round: number
  /** Null in a private run, where nobody gives its model away: this node goes on with its own. */
  readonly parameters: Float32Array | null
  readonly from: number
}

/** What one node says after one round. The stable record of metrics.jsonl. */
export interface RoundReport {
  readonly round: number
  readonly rank: number
  /** Mean training loss of the round's local steps; null in a round without training. */
  readonly trainLoss: number | null
  /** Filled in the rounds in which evaluation is due. */
  readonly accuracy: number | null
  readonly testLoss: number | null
  readonly bytes: RoundBytes
  readonly neighbours: {
    readonly expected: number
    readonly heard: number
    readonly missing: ExchangeOutcome['missing']
    /** Present when too few were heard, so that the node kept its own model. */
    readonly quorumMissed?: true
    /** Present when a limit on bytes left out neighbours: how many got no values from this node. */
    readonly skipped?: number
  }
  readonly seconds: {
    readonly train: number
    readonly encode: number
    readonly wait: number
    readonly mix: number
    readonly evaluate: number
  }
  /** The clock at the end of the round, seconds since the learner's start. */
  readonly elapsed: number
  /**
   * Root mean square distance to the neighbours heard, per node, before mixing. Measured in the rounds in
   * which evaluation is due; null in others, where nobody was heard, and where not all sent their whole models.
   */
  readonly neighbourDistance: number | null
  /** Set when this round began by catching up with a neighbour. */
  readonly caughtUpFrom: number | null
  /** Present in private runs. */
  readonly privacy?: PrivacyReport
  /** In a real run that is not private, where evaluation is due: 256 sums of the model's values, see model-sketch.ts. */
  readonly sketch?: string
}
