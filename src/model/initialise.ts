import { randomStream } from '../numeric/random.ts'
import { type ParameterLayout, viewOf } from './parameters.ts'

/**
 * Starting values of all tensors. Every node of a run computes the same ones from the run's seed: D-PSGD starts
 * from consensus.
 */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const parameters = new Float32Array(layout.size)
  for (const entry of layout.entries) {
    const values = viewOf(parameters, entry)
    const { initialiser } = entry
    if (initialiser.kind === 'ones') values.fill(1)
    if (initialiser.kind === 'uniform') {
      const random = randomStream(seed, 'initialise', entry.name)
      for (let i = 0; i < values.length; i++) {
        values[i] = (2 * random.uniform() - 1) * initialiser.bound
      }
    }
    if (initialiser.kind === 'normal') {
      const random = randomStream(seed, 'initialise', entry.name)
      for (let i = 0; i < values.length; i++) values[i] = random.normal() * initialiser.deviation
    }
  }
  return parameters
}
