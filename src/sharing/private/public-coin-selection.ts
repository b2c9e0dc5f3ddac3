import { type BlockLayout, blockLayout } from './blocks.ts'
import { PublicCoin } from './public-coin.ts'
import type { Selection, SharedSelection } from './selection.ts'

/** Coefficients of a block: few, so that a band of a hundred is still thinned out evenly. */
const BLOCK = 16

/** Blocks drawn by a public coin: nobody has a say in it, and so it says nothing of anybody. */
export function publicCoinSelection({ sparsity, privacy, seed }: SharedSelection): Selection<null> {
  const { transform, bands, shares } = sparsity
  const { epochRounds } = privacy
  let drawn: { readonly coin: PublicCoin; readonly blocks: BlockLayout } | null = null
  const forSize = (size: number) => {
    if (drawn !== null) return drawn
    const blocks = blockLayout(bands(size), BLOCK)
    drawn = { blocks, coin: new PublicCoin({ seed, shares, epochRounds, layout: blocks }) }
    return drawn
  }
  return {
    init: () => null,
    begin(parameters, _state, { round, layout }) {
      const { blocks, coin } = forSize(layout.size)
      return {
        coefficients: transform.forward(parameters, layout),
        blockCount: blocks.count,
        drawn: (receiver) => coin.blocks(round, receiver),
        scores: () => undefined,
        scoreCount: () => 0,
        choose: (receiver) => coin.blocks(round, receiver),
        accepts: () => false,
        indicesOf: blocks.indicesOf,
        end: () => null,
      }
    },
  }
}
