import { z } from 'zod'
import type { LayerSpec } from '../spec.ts'
import { classesOf, requireImages } from './data-shape.ts'
import type { ZooModel } from './zoo-model.ts'

const schema = z.strictObject({ name: z.literal('gn-lenet') })

/**
 * LeNet with group normalisation (K. Hsieh et al., "The Non-IID Data Quagmire of Decentralized Machine Learning",
 * ICML 2020): batch statistics mislead when every node sees other classes, groups of channels do not.
 */
export const gnLenet: ZooModel<typeof schema> = {
  schema,
  create(_, data) {
    requireImages('gn-lenet', data)
    const stage = (filters: number): LayerSpec[] => [
      { kind: 'conv2d', filters, kernel: 5 },
      { kind: 'group-norm', groups: 2, activation: 'relu' },
      { kind: 'max-pool', size: 2 },
    ]
    return {
      name: 'gn-lenet',
      input: data.input,
      output: data.output,
      layers: [
        ...stage(32),
        ...stage(32),
        ...stage(64),
        { kind: 'flatten' },
        { kind: 'dense', units: classesOf('gn-lenet', data) },
      ],
    }
  },
}
