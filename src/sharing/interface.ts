/**
 * A sharing strategy says what D-PSGD nodes send each other and how they mix what they receive. It is a pure
 * generator (contract 1 of ARCHITECTURE.md): it yields an Outbox, is resumed with an Inbox, and returns the new
 * parameters and its state. Strategies with several phases yield several times.
 */
import type { ParameterLayout } from '../model/parameters.ts'
import type { RandomStream } from '../numeric/random.ts'

/** Coordinate system of values: the model's parameters, their changes, or the wavelet transform of the parameters. */
export type Domain = 'parameters' | 'changes' | 'wavelet'

/** What one node tells another in one phase of a round. Plain data; `frame.ts` turns it into bytes. */
export interface Payload {
  readonly domain: Domain
  /** All values of the domain's vector, or those of the selection. */
  readonly values: Float32Array
  /** @default all coordinates */
  readonly selection?: Selection
}

/** Which coordinates of a vector a message holds. */
export interface Selection {
  /** Length of the vector. */
  readonly size: number
  /** Ascending, without repetition, below `size`; one for each value. */
  readonly indices: Uint32Array
  /** Where the indices are those of `randomMask` under this seed, 32 bits: they need not be sent. */
  readonly seed?: number
}

/** What a strategy's messages are made of: vectors of this domain with so many coordinates. */
export interface Space {
  readonly domain: Domain
  readonly size: number
}

/** Messages by target rank. The same payload object may stand for several targets: it is encoded once. */
export type Outbox = ReadonlyMap<number, Payload>

/** Messages by source rank, in ascending order of rank. A missing neighbour is simply absent. */
export type Inbox = ReadonlyMap<number, Payload>

export interface RoundContext {
  readonly round: number
  /** Own rank. */
  readonly self: number
  /** To whom this node sends, ascending. */
  readonly targets: readonly number[]
  /** From whom it expects to receive, ascending. */
  readonly sources: readonly number[]
  /** Mixing weight of a source; 0 for a node that is none. The rest, 1 − Σ, is the node's own. */
  weightOf(source: number): number
  readonly layout: ParameterLayout
  /** A stream of this node, this round and `label`. */
  random(label: string): RandomStream
}

export type SharingRound<S> = Generator<
  Outbox,
  { readonly parameters: Float32Array; readonly state: S },
  Inbox
>

export interface SharingStrategy<S = unknown> {
  readonly name: string
  /** Of what its messages are, for a model of `size` parameters. @default the parameters themselves */
  space?(size: number): Space
  /** State before the first round. Plain data: survives structuredClone and a checkpoint. */
  init(parameters: Float32Array, layout: ParameterLayout): S
  /** One round. Mutates neither `parameters` nor `state`. */
  round(parameters: Float32Array, state: S, context: RoundContext): SharingRound<S>
}
