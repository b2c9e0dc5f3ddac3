import { z } from 'zod'
import { UnsuitableDataError } from '../errors.ts'
import { classesOf } from './data-shape.ts'
import type { ZooModel } from './zoo-model.ts'

const schema = z.strictObject({
  name: z.literal('char-lstm'),
  embedding: z.number().int().positive().default(8).describe('Values that stand for a character.'),
  units: z.number().int().positive().default(256).describe('Units of each recurrent layer.'),
  layers: z.number().int().positive().default(2).describe('Recurrent layers.'),
})

/**
 * Next-character prediction (S. Caldas et al., "LEAF", 2018). The outputs of all time steps, not only the last, go
 * through ReLU into the dense layer.
 */
export const charLstm: ZooModel<typeof schema> = {
  schema,
  create({ embedding, units, layers }, data) {
    const { shape } = data.input
    const vocabulary = data.vocabulary?.[0]
    if (data.input.kind !== 'tokens' || vocabulary === undefined) {
      throw new UnsuitableDataError('char-lstm', 'takes text, but the data set holds numbers')
    }
    if (shape.length !== 1 || data.vocabulary?.some((size) => size !== vocabulary)) {
      throw new UnsuitableDataError('char-lstm', 'takes rows of characters of one alphabet')
    }
    return {
      name: 'char-lstm',
      input: data.input,
      output: data.output,
      layers: [
        { kind: 'embedding', vocabulary, size: embedding },
        ...Array.from({ length: layers }, () => ({ kind: 'lstm', units }) as const),
        { kind: 'activation', activation: 'relu' },
        { kind: 'flatten' },
        { kind: 'dense', units: classesOf('char-lstm', data) },
      ],
    }
  },
}
