/**
 * Label skew by Dirichlet(α) proportions (M. Yurochkin et al., 2019; T.-M. H. Hsu et al., 2019): each class is
 * divided among the nodes in proportions p ~ Dir(α · 1). A node that already holds its even share takes no part in
 * the classes that follow, and the whole draw is repeated until every node holds `minimum` examples.
 *
 * Whether a draw is accepted depends on its sizes alone, so proportions are redrawn first and examples are shuffled
 * once, after a draw has been accepted: the same distribution at a fraction of the cost.
 */
import { z } from 'zod'
import type { RandomStream } from '../../numeric/random.ts'
import { PartitionError } from '../errors.ts'
import { indicesByLabel } from './by-label.ts'
import { definePartition } from './interface.ts'

/** Draws before giving up: an attainable minimum is met within a few dozen. */
const MAXIMUM_DRAWS = 1_000

export const dirichlet = definePartition({
  schema: z.strictObject({
    kind: z.literal('dirichlet').describe('Each class divided in random proportions.'),
    alpha: z
      .number()
      .positive()
      .default(0.5)
      .describe('Concentration: 0.1 is strongly skewed, 100 nearly iid.'),
    minimum: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Examples every node holds at least. Default: the number of classes.'),
  }),
  cut(options, { examples, nodes, random }) {
    const classes = indicesByLabel('dirichlet', examples)
    const minimum = options.minimum ?? classes.length
    if (minimum * nodes > examples.count) {
      throw new PartitionError(
        'dirichlet',
        `${nodes} nodes with at least ${minimum} examples each need ${minimum * nodes} and there are ` +
          `${examples.count}. Use fewer nodes, a smaller "minimum", or more training examples.`,
      )
    }
    const lengths = classes.map((indices) => indices.length)
    const bounds = drawBounds(lengths, { alpha: options.alpha, minimum, nodes, random })
    const parts = Array.from({ length: nodes }, () => [] as number[])
    classes.forEach((indices, c) => {
      random.shuffle(indices)
      for (let node = 0; node < nodes; node++) {
        for (let i = bounds[c]![node]!; i < bounds[c]![node + 1]!; i++) {
          parts[node]!.push(indices[i]!)
        }
      }
    })
    return parts.map((part) => random.shuffle(Int32Array.from(part)))
  },
})

/** `bounds[c][j] … bounds[c][j + 1]`: node j's run within class c. */
function drawBounds(
  lengths: readonly number[],
  options: { alpha: number; minimum: number; nodes: number; random: RandomStream },
): number[][] {
  const { alpha, minimum, nodes, random } = options
  const evenShare = lengths.reduce((sum, length) => sum + length, 0) / nodes
  for (let draw = 0; draw < MAXIMUM_DRAWS; draw++) {
    const held = new Float64Array(nodes)
    const bounds = lengths.map((length) => {
      const weights = held.map((count) => (count >= evenShare ? 0 : random.gamma(alpha)))
      const cuts = cutsByWeight(weights, length)
      for (let node = 0; node < nodes; node++) {
        held[node]! += (cuts[node + 1] ?? 0) - (cuts[node] ?? 0)
      }
      return cuts
    })
    if (held.every((count) => count >= minimum)) return bounds
  }
  throw new PartitionError(
    'dirichlet',
    `after ${MAXIMUM_DRAWS} draws some node still held fewer than ${minimum} examples. ` +
      'Use a larger "alpha", fewer nodes, a smaller "minimum", or more training examples.',
  )
}

/** Bounds of consecutive runs of 0 … length−1 in proportion to `weights`; empty where all weights underflowed to 0. */
function cutsByWeight(weights: Float64Array, length: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0)) return []
  const cuts = [0]
  let sum = 0
  for (const weight of weights) {
    sum += weight
    cuts.push(Math.floor((sum / total) * length))
  }
  cuts[weights.length] = length
  return cuts
}
