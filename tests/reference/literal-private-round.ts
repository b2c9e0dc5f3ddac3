/** What a node's model is after a private round, from everybody's plain coefficients: slow, and with no secret. */

import { privacySchema, type ShareOptions, shareSchema } from '../../src/sharing/index.ts'
import { ownChoice } from '../../src/sharing/private/own-choice.ts'
import { createSelection } from '../../src/sharing/private/selection.ts'
import { sparsityOf } from '../../src/sharing/private/sparsity.ts'
import { layout, type PrivateWorld, SIZE } from '../support/private-world.ts'

const STEP = 2 ** -23

/** The model of `self` after mixing with each set of `survivors` neighbours, all of equal weight. */
export function literalMixes(
  world: PrivateWorld,
  self: number,
  round: number,
  survivors: number,
  epochRounds = 25,
  share: ShareOptions = shareSchema.parse({ method: 'random-subsampling', budget: 0.5 }),
): Float32Array[] {
  const sparsity = sparsityOf(share)!
  const privacy = privacySchema.parse({ epochRounds })
  const selection = createSelection({ name: share.method, sparsity, privacy, seed: 7 })
  const here = selection.begin(world.model(self, round), null, { round, layout }, () => 0)
  const indices = here.indicesOf(here.drawn(self))
  const own = world.model(self, round)
  return subsets(world.roll.sendersTo(self, round), survivors).map((senders) => {
    const delta = new Float64Array(SIZE)
    const weights = senders.map((sender) => world.roll.weight(self, sender, round))
    for (const k of indices) {
      const sum = senders.reduce((total, sender) => {
        return total + halfToEven(world.model(sender, round)[k]! / STEP)
      }, 0)
      const total = weights.reduce((a, b) => a + b, 0)
      delta[k] = weights[0]! * Math.fround(sum * STEP) - total * own[k]!
    }
    return own.map((value, k) => value + delta[k]!)
  })
}

/** Who is in a sum in which each sender chooses its own coordinates. */
export interface OwnTerms {
  readonly share: ShareOptions
  readonly minMaskers: number
  /** Participants whose vectors did not arrive. */
  readonly missing?: readonly number[]
  /** Neighbours that are no participants. */
  readonly left?: readonly number[]
}

/** The model of `self` after mixing where each sender draws its own coordinates: all weights are equal. */
export function literalOwnMix(
  world: PrivateWorld,
  self: number,
  round: number,
  { share, minMaskers, missing = [], left = [] }: OwnTerms,
): Float32Array {
  const choice = ownChoice(share, sparsityOf(share)!, 7)
  const senders = world.roll.sendersTo(self, round).filter((sender) => !left.includes(sender))
  const sets = new Map(
    senders.map((sender) => {
      // Nobody's state is needed, as places are drawn.
      const context = { round, self: sender, layout } as Parameters<typeof choice.choose>[2]
      return [sender, new Set(choice.choose(world.model(sender, round), null, context).indices)]
    }),
  )
  return world.model(self, round).map((own, k) => {
    const contributors = senders.filter((sender) => sets.get(sender)!.has(k))
    const isClosed = contributors.some((sender) => missing.includes(sender))
    if (contributors.length <= minMaskers || isClosed) return own
    const words = contributors.map((sender) => halfToEven(world.model(sender, round)[k]! / STEP))
    const sum = Math.fround(words.reduce((a, b) => a + b, 0) * STEP)
    const weights = contributors.map((sender) => world.roll.weight(self, sender, round))
    return own + (weights[0]! * sum - weights.reduce((a, b) => a + b, 0) * own)
  })
}

/** The nearest integer, of two the even one. */
export function halfToEven(x: number): number {
  const floor = Math.floor(x)
  if (x - floor !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

export function subsets(ranks: readonly number[], size: number): number[][] {
  if (size === 0) return [[]]
  return ranks.flatMap((rank, i) =>
    subsets(ranks.slice(i + 1), size - 1).map((rest) => [rank, ...rest]),
  )
}
