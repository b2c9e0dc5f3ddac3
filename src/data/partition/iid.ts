import { z } from 'zod'
import { evenCuts } from './even-cuts.ts'
import { definePartition } from './interface.ts'

/** Every node gets a uniformly random, equally large part. */
export const iid = definePartition({
  schema: z.strictObject({
    kind: z.literal('iid').describe('Shuffled and cut into equal parts.'),
  }),
  cut(_options, { examples, nodes, random }) {
    return evenCuts(random.shuffle(Int32Array.from({ length: examples.count }, (_, i) => i)), nodes)
  },
})
