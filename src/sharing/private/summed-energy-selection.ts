/**
 * Blocks chosen by what the senders of a receiver have to tell it together. With c = T(x) after the local steps, ĉ_ij what
 * sender i last told receiver j, and for a block b of coefficients
 *
 *   e_ij[b] = ‖(c_i − ĉ_ij)_b‖,   a_ij[b] = e_ij[b] / (4 · rms_b e_ij), at most 1,
 *
 * the receiver learns Σ_i a_ij[b] and asks for the blocks where it is largest; ĉ_ij ← c_i in those that it got. How many
 * blocks is drawn from JWINS's list by the public coin, and from one half on all are sent. Nobody learns which blocks a
 * single node would have sent, and no node outweighs the others, for a is a node's own distribution and not its size.
 *
 * Against JWINS, which ranks by accumulated changes: ĉ is a memory for each receiver, because each asks for other blocks,
 * and the difference to it loses nothing when a sum fails. The square root of the energy spreads over few bits what the
 * energy itself would not. A receiver adds no score of its own: that would make sums more useful to it, and tell its senders, by the
 * blocks that they are asked for, what it has been learning.
 */
import { randomStream } from '../../numeric/random.ts'
import { topK } from '../../numeric/top-k.ts'
import { type BlockLayout, blockLayout } from './blocks.ts'
import { PublicCoin } from './public-coin.ts'
import { packScores, scoreWords, unpackScores } from './scores.ts'
import type { RoundSelection, Selection, SharedSelection } from './selection.ts'

/** From this share on all are sent, and no scores. */
const FULL_FROM = 0.5

/** Scores beyond so many times the root mean square count alike. */
const LARGEST_SCORE = 4

interface EnergyState {
  /** T of the model that all nodes begin with: ĉ of a receiver that has got nothing yet. */
  readonly first: Float32Array
  /** ĉ of each other receiver. */
  readonly told: ReadonlyMap<number, Float32Array>
}

export function summedEnergySelection(init: SharedSelection): Selection<EnergyState> {
  const { sparsity, privacy, seed } = init
  const { transform, bands, shares } = sparsity
  const { epochRounds, scoreBlock } = privacy
  const create = (size: number) => {
    const blocks = blockLayout(bands(size), scoreBlock)
    const all = new Uint32Array(blocks.count).map((_, block) => block)
    return { blocks, all, coin: new PublicCoin({ seed, shares, epochRounds, layout: blocks }) }
  }
  let drawn: ReturnType<typeof create> | null = null
  const forSize = (size: number) => {
    drawn ??= create(size)
    return drawn
  }
  const shareOf = (round: number, receiver: number) =>
    shares[randomStream(seed, 'share', round, receiver).integer(shares.length)]!
  return {
    init: (parameters, layout) => ({
      first: transform.forward(parameters, layout),
      told: new Map(),
    }),
    begin(parameters, state, { round, layout }, sendersTo): RoundSelection<EnergyState> {
      const { blocks, all, coin } = forSize(layout.size)
      const coefficients = transform.forward(parameters, layout)
      const toldTo = (receiver: number) => state.told.get(receiver) ?? state.first
      const isFull = (receiver: number) => shareOf(round, receiver) >= FULL_FROM
      const wanted = (receiver: number) =>
        Math.max(1, Math.round(shareOf(round, receiver) * blocks.count))
      return {
        coefficients,
        blockCount: blocks.count,
        drawn: (receiver) => (isFull(receiver) ? all : coin.blocks(round, receiver)),
        scores(receiver) {
          if (isFull(receiver)) return undefined
          const scores = scoresOf(coefficients, toldTo(receiver), blocks)
          return packScores(scores, sendersTo(receiver))
        },
        scoreCount: (receiver) =>
          isFull(receiver) ? 0 : scoreWords(blocks.count, sendersTo(receiver)),
        choose(receiver, summed) {
          const total = unpackScores(summed, blocks.count, sendersTo(receiver))
          return topK(total, wanted(receiver))
        },
        accepts: (receiver, asked) => !isFull(receiver) && asked.length === wanted(receiver),
        indicesOf: blocks.indicesOf,
        end: (delivered, receivers) => ({
          first: state.first,
          told: new Map(
            receivers.map((receiver) => {
              const before = toldTo(receiver)
              const got = delivered.get(receiver)
              return [receiver, got ? overwritten(before, coefficients, got, blocks) : before]
            }),
          ),
        }),
      }
    },
  }
}

/** a: how far the blocks have moved, 0 to 1; all 0 where there are values that are infinite or not a number. */
function scoresOf(now: Float32Array, then: Float32Array, blocks: BlockLayout): Float32Array {
  const scores = new Float32Array(blocks.count)
  let squares = 0
  for (let block = 0; block < blocks.count; block++) {
    const end = blocks.start(block + 1)
    let energy = 0
    for (let k = blocks.start(block); k < end; k++) energy += (now[k]! - then[k]!) ** 2
    scores[block] = Math.sqrt(energy)
    squares += energy
  }
  if (squares === 0 || !Number.isFinite(squares)) return new Float32Array(blocks.count)
  const largest = LARGEST_SCORE * Math.sqrt(squares / blocks.count)
  return scores.map((score) => Math.min(1, score / largest))
}

/** `before`, with these blocks from `now`. */
function overwritten(
  before: Float32Array,
  now: Float32Array,
  chosen: Uint32Array,
  blocks: BlockLayout,
): Float32Array {
  const after = before.slice()
  for (const block of chosen) {
    const [start, end] = [blocks.start(block), blocks.start(block + 1)]
    after.set(now.subarray(start, end), start)
  }
  return after
}
