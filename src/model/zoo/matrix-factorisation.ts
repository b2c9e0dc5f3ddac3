import { z } from 'zod'
import { UnsuitableDataError } from '../errors.ts'
import type { ZooModel } from './zoo-model.ts'

const schema = z.strictObject({
  name: z.literal('matrix-factorisation'),
  rank: z
    .number()
    .int()
    .positive()
    .default(20)
    .describe('Values that stand for a user or an item.'),
})

/**
 * A rating is the dot product of a user's and an item's vector, without biases (Y. Koren et al., "Matrix
 * Factorization Techniques for Recommender Systems", 2009, equation 1).
 */
export const matrixFactorisation: ZooModel<typeof schema> = {
  schema,
  create({ rank }, data) {
    const [users, items] = data.vocabulary ?? []
    const pairs = data.input.kind === 'tokens' && data.input.shape.join() === '2'
    if (!pairs || users === undefined || items === undefined || data.output.kind !== 'rating') {
      throw new UnsuitableDataError(
        'matrix-factorisation',
        'takes pairs of a user and an item with a rating, which the data set does not hold',
      )
    }
    return {
      name: 'matrix-factorisation',
      input: data.input,
      output: data.output,
      layers: [{ kind: 'factorisation', users, items, rank }],
    }
  },
}
