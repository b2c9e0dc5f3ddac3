/**
 * Gaussian clusters: the reference task of the sharing experiments. One mulberry32 stream makes, in this order,
 * the class means (classes × dim normals × separation), then example i of the training set (label i mod classes;
 * dim normals × noise + mean), then the test set in the same way. A normal takes two uniforms u₁, u₂ and is
 * √(−2 ln(1 − u₁)) · cos(2π u₂). The order is part of the contract: published results depend on it.
 */
import { z } from 'zod'
import type { Examples } from '../interface.ts'
import { defineDataset, GENERATED } from './definition.ts'
import { mulberry32 } from './mulberry32.ts'

const count = z.number().int().positive()

export const clusters = defineDataset({
  schema: z.strictObject({
    name: z.literal('clusters').describe('Generated Gaussian clusters; needs no file.'),
    classes: count.min(2).max(10_000).default(10).describe('Classes.'),
    dim: count.max(100_000).default(64).describe('Values an example.'),
    separation: z
      .number()
      .positive()
      .default(0.35)
      .describe('Standard deviation of the class means.'),
    noise: z.number().min(0).default(1).describe('Standard deviation around a class mean.'),
    train: count.max(10_000_000).default(4000).describe('Training examples.'),
    test: count.max(10_000_000).default(1000).describe('Test examples.'),
    seed: z.number().int().min(0).max(4294967295).default(7).describe('Seed of the generator.'),
  }),
  folder: 'clusters',
  needs: () => ({ kind: 'nothing' }),
  ownPartProblem: () => GENERATED,
  build(options) {
    const { classes, dim, noise } = options
    const uniform = mulberry32(options.seed)
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
    const means = Float64Array.from({ length: classes * dim }, () => normal() * options.separation)
    const draw = (size: number): Examples => {
      const inputs = new Float32Array(size * dim)
      const labels = Int32Array.from({ length: size }, (_, i) => i % classes)
      for (let i = 0; i < size; i++) {
        for (let d = 0; d < dim; d++) {
          inputs[i * dim + d] = normal() * noise + means[labels[i]! * dim + d]!
        }
      }
      return { count: size, inputs, inputShape: [dim], labels }
    }
    const train = draw(options.train)
    const test = draw(options.test)
    return {
      name: 'clusters',
      input: { kind: 'values', shape: [dim] },
      output: { kind: 'classes', count: classes },
      train,
      test,
    }
  },
})
