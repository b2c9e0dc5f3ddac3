/**
 * A sharing strategy says what D-PSGD nodes send each other and how they mix what they receive. It is a pure
 * generator (contract 1 of ARCHITECTURE.md): it yields a Phase, is resumed with an Inbox, and returns the new
 * parameters and its state. Strategies with several phases yield several times.
 */
import type { ParameterLayout } from '../model/parameters.ts'
import type { RandomStream } from '../numeric/random.ts'
import type { Pieces } from './pieces.ts'
import type { CodecName } from './values/index.ts'

/** Coordinate system of values: the model's parameters, their changes, or the wavelet transform of the parameters. */
export type Domain = 'parameters' | 'changes' | 'wavelet'

/** What one node tells another in one phase of a round. Plain data; `frame.ts` turns it into bytes. */
export type Payload = Values | Letter

/** Values of a vector, in clear. */
export interface Values {
  readonly domain: Domain
  /** All values of the domain's vector, or those of the selection, exactly as the receiver will have them. */
  readonly values: Float32Array
  /** Bytes that stand for exactly these values. @default float32 */
  readonly coded?: { readonly codec: CodecName; readonly bytes: Uint8Array }
  /** @default all coordinates */
  readonly selection?: Selection
}

/** Bytes that only the strategy itself can read, such as masked values. */
export interface Letter {
  readonly domain: 'letter'
  readonly bytes: Uint8Array
  /** Known to the sender alone: how many of the bytes are values and indices. @default none */
  readonly carries?: { readonly values: number; readonly indices: number }
}

/** Which coordinates of a vector a message holds. */
export interface Selection {
  /** Length of the vector. */
  readonly size: number
  /** Ascending, without repetition, below `size`; one for each value. */
  readonly indices: Uint32Array
  /** Where the indices are those of `randomMask` under this seed, 32 bits: they need not be sent. */
  readonly seed?: number
  /** Of so many drawn under the seed, the indices that lie in these pieces of the vector. @default all that are drawn */
  readonly part?: { readonly drawn: number; readonly pieces: Pieces }
}

/** What a strategy's messages are made of. */
export interface Space {
  readonly domain: Domain | 'letter'
  /** Coordinates of the domain's vector; of letters, the most bytes that one has. */
  readonly size: number
}

/**
 * Messages by target rank. The same payload object may stand for several targets: it is encoded once. Only lent: when the
 * round is over the values' memory is used for other messages.
 */
export type Outbox = ReadonlyMap<number, Payload>

/**
 * Messages by source rank, in ascending order of rank. A missing neighbour is simply absent. Only lent: when the round
 * is over the values' memory is used for other messages.
 */
export type Inbox = ReadonlyMap<number, Payload>

/** One exchange of a round. */
export interface Phase {
  readonly outbox: Outbox
  /** From whom something is awaited. @default the round's sources */
  readonly expects?: readonly number[]
}

/** One node's place in a graph. */
export interface Neighbourhood {
  /** To whom this node sends, ascending. */
  readonly targets: readonly number[]
  /** From whom it expects to receive, ascending. */
  readonly sources: readonly number[]
  /** Mixing weight of a source; 0 for a node that is none. The rest, 1 − Σ, is the node's own. */
  weightOf(source: number): number
}

export interface RoundContext extends Neighbourhood {
  readonly round: number
  /** Own rank. */
  readonly self: number
  /** Where each fragment of the model has neighbours of its own; those above are all of them. */
  readonly fragments?: readonly Neighbourhood[]
  /** Bytes that one message of this round should have at most, where the job limits them. */
  readonly allowance?: number
  readonly layout: ParameterLayout
  /** A stream of this node, this round and `label`. */
  random(label: string): RandomStream
}

export type SharingRound<S> = Generator<Phase, RoundOutcome<S>, Inbox>

export interface RoundOutcome<S> {
  readonly parameters: Float32Array
  readonly state: S
  /** What a private strategy says of this round. */
  readonly privacy?: PrivacyReport
}

/** How well hidden this round's contributions to this node's own sum were, and what became of the sum. */
export interface PrivacyReport {
  /** `adopted`: the sum was verified and mixed in; else the node kept its own model. */
  readonly outcome: 'adopted' | 'refused' | 'cooling-down'
  /** In words, where the sum was not adopted. */
  readonly reason: string | null
  /** Neighbours in the sum. */
  readonly survivors: number
  /** Other honest contributions that hide each one, per coordinate adopted; null where nothing was. */
  readonly maskers: { readonly min: number; readonly mean: number } | null
  /** Share of the coordinates selected by senders that was dropped for too few maskers, 0..1. */
  readonly droppedShare: number
  /** Share of the values this node sent that had to be clipped to the ring's range, 0..1. */
  readonly clippedShare: number
  /** Receivers to which this node sent nothing, or whose sum it did not help to open. */
  readonly refusedReceivers: number
  /** Why it refused them, in words: who said what does not fit, or whose vector would show. Each reason once. */
  readonly refusals: readonly string[]
}

export interface SharingStrategy<S = unknown> {
  readonly name: string
  /** Of what its messages are, for a model of `size` parameters. @default the parameters themselves */
  space?(size: number): Space
  /** State before the first round. Plain data: survives structuredClone and a checkpoint. */
  init(parameters: Float32Array, layout: ParameterLayout): S
  /** One round. Mutates neither `parameters` nor `state`. */
  round(parameters: Float32Array, state: S, context: RoundContext): SharingRound<S>
}
