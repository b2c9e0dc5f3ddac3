import { z } from 'zod'
import { classesOf, requireImages } from './data-shape.ts'
import type { ZooModel } from './zoo-model.ts'

const schema = z.strictObject({ name: z.literal('femnist-cnn') })

/** Two convolutions and two dense layers (S. Caldas et al., "LEAF: A Benchmark for Federated Settings", 2018). */
export const femnistCnn: ZooModel<typeof schema> = {
  schema,
  create(_, data) {
    requireImages('femnist-cnn', data)
    return {
      name: 'femnist-cnn',
      input: data.input,
      output: data.output,
      layers: [
        { kind: 'conv2d', filters: 32, kernel: 5, activation: 'relu' },
        { kind: 'max-pool', size: 2 },
        { kind: 'conv2d', filters: 64, kernel: 5, activation: 'relu' },
        { kind: 'max-pool', size: 2 },
        { kind: 'flatten' },
        { kind: 'dense', units: 512, activation: 'relu' },
        { kind: 'dense', units: classesOf('femnist-cnn', data) },
      ],
    }
  },
}
