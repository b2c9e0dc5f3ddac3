import type { Variable } from '@tensorflow/tfjs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenBackend, openBackend } from '../../src/engine/tfjs/choose-backend.ts'
import { createOptimiser } from '../../src/engine/tfjs/optimiser.ts'
import { plainOptimisers } from '../../src/engine/tfjs/plain-optimisers.ts'
import { adamStep, sgdStep } from '../reference/optimisers.ts'

const SIZE = 7
const STEPS = 4
const numbers = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), {
  minLength: SIZE * (STEPS + 1),
  maxLength: SIZE * (STEPS + 1),
})
const fraction = fc.double({ min: 0, max: 0.99, noNaN: true })
const small = fc.double({ min: 0, max: 0.1, noNaN: true })

describe.each(['wasm', 'cpu'] as const)('optimisers on %s', (name) => {
  let backend: OpenBackend
  beforeAll(async () => {
    backend = await openBackend({ backend: name, threads: 1, blas: 'off' })
  })
  afterAll(() => backend.dispose())

  /** Values of the weights after all steps on made-up gradients. */
  function run(
    options: Parameters<typeof createOptimiser>[0],
    drawn: readonly number[],
    rate: number,
  ): number[] {
    const { tf } = backend
    const optimiser = createOptimiser(options, backend.optimisers ?? plainOptimisers(tf))
    const variable = (values: readonly number[]): Variable => tf.variable(tf.tensor([...values]))
    const weights = variable(drawn.slice(0, SIZE))
    const moments = Array.from({ length: optimiser.moments }, () => [
      variable(new Array(SIZE).fill(0)),
    ])
    for (let step = 1; step <= STEPS; step++) {
      const gradient = tf.tensor(drawn.slice(step * SIZE, (step + 1) * SIZE))
      optimiser.step({
        weights: [weights],
        gradients: [gradient],
        moments,
        learningRate: rate,
        step,
      })
      gradient.dispose()
    }
    const values = [...weights.dataSync()]
    tf.disposeVariables()
    return values
  }

  it('SGD follows its rule for any momentum and weight decay', () => {
    fc.assert(
      fc.property(numbers, fraction, small, small, (drawn, momentum, weightDecay, rate) => {
        const found = run({ kind: 'sgd', momentum, weightDecay }, drawn, rate)
        for (let i = 0; i < SIZE; i++) {
          let state = { w: drawn[i]!, v: 0 }
          for (let step = 1; step <= STEPS; step++) {
            state = sgdStep(state, drawn[step * SIZE + i]!, { rate, momentum, weightDecay })
          }
          expect(found[i]).toBeCloseTo(state.w, 5)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('Adam follows its rule for any β and weight decay', () => {
    fc.assert(
      fc.property(
        numbers,
        fraction,
        fraction,
        small,
        small,
        (drawn, beta1, beta2, weightDecay, rate) => {
          const options = { beta1, beta2, epsilon: 1e-3, weightDecay }
          const found = run({ kind: 'adam', ...options }, drawn, rate)
          for (let i = 0; i < SIZE; i++) {
            let state = { w: drawn[i]!, m: 0, v: 0 }
            for (let step = 1; step <= STEPS; step++) {
              state = adamStep(state, drawn[step * SIZE + i]!, step, { rate, ...options })
            }
            expect(found[i]).toBeCloseTo(state.w, 4)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  it('keeps as many moments as it needs', () => {
    const updates = plainOptimisers(backend.tf)
    expect(createOptimiser({ kind: 'sgd' }, updates).moments).toBe(0)
    expect(createOptimiser({ kind: 'sgd', momentum: 0.9 }, updates).moments).toBe(1)
    expect(createOptimiser({ kind: 'adam' }, updates).moments).toBe(2)
  })
})
