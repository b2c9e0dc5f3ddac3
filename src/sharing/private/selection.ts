/** Which coefficients are summed for whom: the same for all senders to one receiver. */
import type { Ring, Words } from '../../../crypto/index.ts'
import type { ParameterLayout } from '../../model/parameters.ts'
import type { PrivacyOptions } from './options.ts'
import { publicCoinSelection } from './public-coin-selection.ts'
import type { Sparsity } from './sparsity.ts'
import { summedEnergySelection } from './summed-energy-selection.ts'

/** What all nodes of a private run agree on. */
export interface SharedSelection {
  /** Name of the sharing method. */
  readonly name: string
  readonly sparsity: Sparsity
  readonly privacy: PrivacyOptions
  /** The run's public seed. */
  readonly seed: number
}

export interface SharedSums extends SharedSelection {
  /** What the words that are summed are elements of. */
  readonly ring: Ring
}

/** A way to choose blocks. State is plain data, for a checkpoint. */
export interface Selection<S> {
  init(parameters: Float32Array, layout: ParameterLayout): S
  /** @param sendersTo how many send to a receiver */
  begin(
    parameters: Float32Array,
    state: S,
    round: { readonly round: number; readonly layout: ParameterLayout },
    sendersTo: (receiver: number) => number,
  ): RoundSelection<S>
}

/** The choice in one round of one node. Blocks are ascending. */
export interface RoundSelection<S> {
  /** T(x), of which blocks are sent. */
  readonly coefficients: Float32Array
  readonly blockCount: number
  /** What is sent where nothing better is known. */
  drawn(receiver: number): Uint32Array
  /** What this node says to the choice for a receiver: words to be summed. Undefined where nothing is chosen. */
  scores(receiver: number): Words | undefined
  /** How many words of scores a receiver gets, 0 where nothing is chosen. */
  scoreCount(receiver: number): number
  /** The blocks of largest summed score. */
  choose(receiver: number, summed: Words): Uint32Array
  /** Whether a receiver may ask for these blocks. */
  accepts(receiver: number, blocks: Uint32Array): boolean
  indicesOf(blocks: Uint32Array): Uint32Array
  /**
   * The state after a round.
   * @param delivered by receiver that has a sum, the blocks of this node that are in it
   * @param receivers all of them
   */
  end(delivered: ReadonlyMap<number, Uint32Array>, receivers: readonly number[]): S
}

/** Whether receivers ask for blocks: there is nothing to choose where a method draws them, or sends all. */
export function isChosen({ privacy, sparsity }: SharedSelection): boolean {
  return privacy.indices === 'summed-energy' && sparsity.isRanked
}

/** The way of those modes in which all senders to a receiver send the same. */
export function createSelection(init: SharedSelection): Selection<unknown> {
  return isChosen(init)
    ? (summedEnergySelection(init) as Selection<unknown>)
    : (publicCoinSelection(init) as Selection<unknown>)
}
