/**
 * Blocks chosen by what all senders of a receiver have changed together. Each ranks its coefficients as JWINS does,
 *
 *   s ← T(x − p) + V,   a[b] = ‖s_b‖ / (4 · rms_b ‖s_b‖), at most 1,
 *
 * the receiver learns Σ_i a_i[b] and asks for the blocks where it is largest; how many is drawn from JWINS's list by
 * the public coin, and from one half on all are sent. Nobody learns which blocks a single node would have sent, and no
 * node outweighs the others, for a is a node's own distribution and not its size. The square root of the energy spreads
 * over 13 bits what the energy itself would not.
 *
 * V[k] starts anew where k was delivered to at least half of the receivers; then the round's whole change is added, as
 * in `ranked-sharing.ts`.
 */
import { largestSum, quantise, type Ring } from '../../../crypto/index.ts'
import { randomStream } from '../../numeric/random.ts'
import { topK } from '../../numeric/top-k.ts'
import { moved } from '../pull.ts'
import type { RankedState } from '../ranked-sharing.ts'
import { type BlockLayout, blockLayout } from './blocks.ts'
import { PublicCoin } from './public-coin.ts'
import type { RoundSelection, Selection, SharedSelection } from './selection.ts'
import { changeOf } from './sparsity.ts'

/** From this share on all are sent, and no scores. */
const FULL_FROM = 0.5

/** Scores beyond so many times the root mean square count alike. */
const LARGEST_SCORE = 4

export function summedEnergySelection(init: SharedSelection): Selection<RankedState> {
  const { sparsity, privacy, seed } = init
  const { transform, bands, shares } = sparsity
  const { epochRounds, scoreBlock } = privacy
  let drawn: { readonly coin: PublicCoin; readonly blocks: BlockLayout } | null = null
  const forSize = (size: number) => {
    if (drawn !== null) return drawn
    const blocks = blockLayout(bands(size), scoreBlock)
    drawn = { blocks, coin: new PublicCoin({ seed, shares, epochRounds, layout: blocks }) }
    return drawn
  }
  const shareOf = (round: number, receiver: number) =>
    shares[randomStream(seed, 'share', round, receiver).integer(shares.length)]!
  return {
    init: (parameters) => ({
      model: parameters,
      scores: new Float32Array(transform.space(parameters.length).size),
    }),
    begin(parameters, state, { round, layout }, sendersTo): RoundSelection<RankedState> {
      const { blocks, coin } = forSize(layout.size)
      const change = (x: Float32Array) => changeOf(transform, x, state.model, layout)
      const ranked = moved(change(parameters), state.scores!)
      const all = Uint32Array.from({ length: blocks.count }, (_, block) => block)
      const isFull = (receiver: number) => shareOf(round, receiver) >= FULL_FROM
      const wanted = (receiver: number) =>
        Math.max(1, Math.round(shareOf(round, receiver) * blocks.count))
      return {
        coefficients: transform.forward(parameters, layout),
        blockCount: blocks.count,
        drawn: (receiver) => (isFull(receiver) ? all : coin.blocks(round, receiver)),
        scores(receiver) {
          if (isFull(receiver)) return undefined
          return quantise(scoreRing(sendersTo(receiver)), scoresOf(ranked, blocks)).words
        },
        scoreCount: (receiver) => (isFull(receiver) ? 0 : blocks.count),
        choose: (receiver, summed) => topK(Float32Array.from(summed), wanted(receiver)),
        accepts: (receiver, asked) => !isFull(receiver) && asked.length === wanted(receiver),
        indicesOf: blocks.indicesOf,
        end(mixed, delivered, receivers) {
          const scores = state.scores!.slice()
          for (const block of deliveredToHalf(blocks.count, delivered, receivers)) {
            scores.fill(0, blocks.start(block), blocks.start(block + 1))
          }
          return { model: mixed, scores: moved(scores, change(mixed)) }
        },
      }
    },
  }
}

/** The ring of 16 bits in which so many scores between 0 and 1 can be summed. */
export function scoreRing(senders: number): Ring {
  let fractionBits = 14
  const ring = () => ({ width: 16 as const, fractionBits, clip: 1 })
  while (largestSum(ring()) < senders && fractionBits > 0) fractionBits--
  return ring()
}

function scoresOf(ranked: Float32Array, blocks: BlockLayout): Float32Array {
  const scores = Float32Array.from({ length: blocks.count }, (_, block) => {
    let energy = 0
    for (let k = blocks.start(block); k < blocks.start(block + 1); k++) energy += ranked[k]! ** 2
    return Math.sqrt(energy)
  })
  const rms = Math.sqrt(scores.reduce((sum, score) => sum + score ** 2, 0) / scores.length)
  if (rms === 0) return scores
  return scores.map((score) => Math.min(1, score / (LARGEST_SCORE * rms)))
}

function deliveredToHalf(count: number, delivered: readonly Uint32Array[], receivers: number) {
  const times = new Uint32Array(count)
  for (const blocks of delivered) for (const block of blocks) times[block]!++
  return [...times.keys()].filter((block) => 2 * times[block]! >= receivers)
}
