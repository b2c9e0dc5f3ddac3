/**
 * Label-skewed parts by windows over the examples sorted by class, with the rule of DecentralizePy's k-shard
 * partitioner (R. Sharma et al., 2023): each node in turn draws, `perNode` times, a random start in what is left of
 * the sorted list and takes the window that follows, wrapping around its end.
 *
 * Unlike the shards of McMahan et al. (2017), windows are not aligned to a grid: one may straddle two classes, so
 * that a node with two shards sees two to four labels, or more where earlier windows left gaps. Windows are
 * ⌊⌊N / nodes⌋ / perNode⌋ long; the remainder of fewer than nodes × (perNode + 1) examples is not used.
 */
import { z } from 'zod'
import { PartitionError } from '../errors.ts'
import { indicesByLabel } from './by-label.ts'
import { definePartition } from './interface.ts'

export const shards = definePartition({
  schema: z.strictObject({
    kind: z.literal('shards').describe('A few windows of the examples sorted by class.'),
    perNode: z
      .number()
      .int()
      .positive()
      .default(2)
      .describe('Windows a node; fewer are more skewed.'),
  }),
  cut({ perNode }, { examples, nodes, random }) {
    const length = Math.floor(Math.floor(examples.count / nodes) / perNode)
    if (length === 0) {
      throw new PartitionError(
        'shards',
        `${nodes} nodes × ${perNode} shards need at least ${nodes * perNode} examples and there are ` +
          `${examples.count}. Use fewer nodes or shards, or more training examples.`,
      )
    }
    const remaining = concatenate(indicesByLabel('shards', examples))
    let left = remaining.length
    return Array.from({ length: nodes }, () => {
      const part = new Int32Array(length * perNode)
      for (let shard = 0; shard < perNode; shard++) {
        const start = random.integer(left)
        for (let i = 0; i < length; i++) {
          part[shard * length + i] = remaining[(start + i) % left]!
        }
        // Close the gap: the window may lie at the end and, wrapped, at the start.
        const end = Math.min(start + length, left)
        const wrapped = start + length - end
        remaining.copyWithin(start, end, left)
        remaining.copyWithin(0, wrapped, left)
        left -= length
      }
      return part
    })
  },
})

function concatenate(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0))
  let offset = 0
  for (const list of lists) {
    all.set(list, offset)
    offset += list.length
  }
  return all
}
