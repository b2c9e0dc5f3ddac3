/**
 * Which blocks all senders to one receiver send in a round: drawn for all alike from public randomness, so that the
 * choice says nothing of anybody's data and everybody's vectors meet in every coordinate.
 *
 * - The share α of a round is drawn from a list, as JWINS draws its cut-off.
 * - Each band is thinned out by itself: of its n blocks ⌊n A_t + o⌋ − ⌊n A_{t−1} + o⌋ are sent, A_t the sum of the
 *   shares of the epoch's rounds so far and o a share of a block drawn with the epoch. So small bands, too, keep the budget.
 * - Blocks are drawn without replacement, cycle by cycle: none is sent twice before all were sent once.
 *
 * Everything follows from (seed, epoch, round, receiver). A walk keeps its place from round to round and begins anew with
 * each epoch, so that a node that comes back needs nobody's word for it.
 */
import { randomStream } from '../../numeric/random.ts'
import type { BlockLayout } from './blocks.ts'

export interface CoinInit {
  /** Public, and the same for all nodes. */
  readonly seed: number
  readonly shares: readonly number[]
  readonly epochRounds: number
  readonly layout: BlockLayout
}

interface Walk {
  readonly epoch: number
  /** The round after the last drawn. */
  round: number
  /** A_t */
  shares: number
  readonly bands: readonly Cycle[]
  /** What was drawn last. */
  drawn: Uint32Array
}

export class PublicCoin {
  readonly #init: CoinInit
  readonly #walks = new Map<number, Walk>()

  constructor(init: CoinInit) {
    this.#init = init
  }

  /** The blocks for a receiver, ascending. Rounds are asked for in ascending order. */
  blocks(round: number, receiver: number): Uint32Array {
    const epoch = Math.floor(round / this.#init.epochRounds)
    let walk = this.#walks.get(receiver)
    if (walk?.epoch !== epoch) walk = this.#begin(epoch, receiver)
    this.#walks.set(receiver, walk)
    while (walk.round <= round) walk.drawn = this.#step(walk, receiver)
    return walk.drawn
  }

  #begin(epoch: number, receiver: number): Walk {
    const { seed, epochRounds, layout } = this.#init
    return {
      epoch,
      round: epoch * epochRounds,
      shares: 0,
      drawn: new Uint32Array(0),
      bands: layout.bands.map((blocks, band) => new Cycle(blocks, [seed, epoch, receiver, band])),
    }
  }

  #step(walk: Walk, receiver: number): Uint32Array {
    const { seed, shares } = this.#init
    const coin = randomStream(seed, 'coin', walk.epoch, walk.round, receiver)
    const before = walk.shares
    walk.shares += shares[coin.integer(shares.length)]!
    walk.round++
    const marks = new Uint8Array(this.#init.layout.count)
    let first = 0
    for (const cycle of walk.bands) {
      const wanted = cycle.due(walk.shares) - cycle.due(before)
      cycle.take(wanted, marks.subarray(first, first + cycle.blocks))
      first += cycle.blocks
    }
    return marked(marks)
  }
}

function marked(marks: Uint8Array): Uint32Array {
  const blocks = new Uint32Array(marks.length)
  let count = 0
  for (let block = 0; block < marks.length; block++) if (marks[block] === 1) blocks[count++] = block
  return blocks.slice(0, count)
}

/** The blocks of one band in random order, over and over again, each time in another order. */
class Cycle {
  readonly blocks: number
  readonly #labels: readonly number[]
  readonly #offset: number
  #order: Uint32Array = new Uint32Array(0)
  #at = 0
  #cycles = 0

  constructor(blocks: number, labels: readonly number[]) {
    this.blocks = blocks
    this.#labels = labels
    const [seed, ...rest] = labels
    this.#offset = randomStream(seed!, 'offset', ...rest).uniform()
  }

  /** How many blocks are to have been taken when the shares so far sum to `shares`. */
  due(shares: number): number {
    return Math.floor(this.blocks * shares + this.#offset)
  }

  /** Marks the next `count` blocks, all different. All of them leave the order as it is. */
  take(count: number, marks: Uint8Array): void {
    if (count >= this.blocks) {
      marks.fill(1)
      return
    }
    const left = Math.min(count, this.#order.length - this.#at)
    this.#mark(left, marks)
    if (left === count) return
    // What this round already has comes last in the new order.
    const drawn = this.#shuffled()
    const fresh = drawn.filter((block) => marks[block] === 0)
    const had = drawn.filter((block) => marks[block] === 1)
    drawn.set(fresh)
    drawn.set(had, fresh.length)
    this.#order = drawn
    this.#at = 0
    this.#mark(count - left, marks)
  }

  #mark(count: number, marks: Uint8Array): void {
    for (let i = 0; i < count; i++) marks[this.#order[this.#at++]!] = 1
  }

  #shuffled(): Uint32Array {
    const [seed, ...rest] = this.#labels
    const order = new Uint32Array(this.blocks).map((_, block) => block)
    return randomStream(seed!, 'cycle', ...rest, this.#cycles++).shuffle(order)
  }
}
