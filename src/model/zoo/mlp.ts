import { z } from 'zod'
import type { LayerSpec } from '../spec.ts'
import { classesOf, requireValues } from './data-shape.ts'
import type { ZooModel } from './zoo-model.ts'

const schema = z.strictObject({
  name: z.literal('mlp'),
  hidden: z
    .array(z.number().int().positive())
    .default([128])
    .describe('Units of each hidden layer; an empty list gives a linear model.'),
})

/** Multilayer perceptron with ReLU between its layers. */
export const mlp: ZooModel<typeof schema> = {
  schema,
  create({ hidden }, data) {
    requireValues('mlp', data)
    const layers: LayerSpec[] = data.input.shape.length > 1 ? [{ kind: 'flatten' }] : []
    for (const units of hidden) layers.push({ kind: 'dense', units, activation: 'relu' })
    layers.push({ kind: 'dense', units: classesOf('mlp', data) })
    return { name: 'mlp', input: data.input, output: data.output, layers }
  },
}
