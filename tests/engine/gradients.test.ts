import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { viewOf } from '../../src/model/index.ts'
import { jobFor, TASKS } from './tasks.ts'

/** Relative to the largest gradient of the same tensor. */
const TOLERANCE = 1e-4

describe('gradients of every model', () => {
  let wasm: Engine
  let cpu: Engine
  beforeAll(async () => {
    ;[wasm, cpu] = await Promise.all([
      createEngine({ backend: 'wasm' }),
      createEngine({ backend: 'cpu' }),
    ])
  })
  afterAll(() => Promise.all([wasm.dispose(), cpu.dispose()]))

  /** After one step from rest, SGD's velocity is the gradient. */
  async function gradientOf(engine: Engine, name: keyof typeof TASKS) {
    const { source, data } = TASKS[name]
    const model = await engine.load(source, { kind: 'sgd', momentum: 0.9 }, data)
    const [result] = await model.train([jobFor(model, { seed: 4, steps: 1, batchSize: 3 })])
    await model.dispose()
    return { layout: model.layout, gradient: result!.optimiserState, loss: result!.loss }
  }

  it.each(Object.keys(TASKS) as (keyof typeof TASKS)[])(
    '%s: our kernels agree with the plain backend',
    async (name) => {
      const [ours, plain] = [await gradientOf(wasm, name), await gradientOf(cpu, name)]
      expect(Math.abs(ours.loss - plain.loss)).toBeLessThan(TOLERANCE * plain.loss)
      for (const entry of plain.layout.entries) {
        const expected = viewOf(plain.gradient, entry)
        const found = viewOf(ours.gradient, entry)
        const scale = largest(expected)
        const error = largest(expected.map((value, i) => value - found[i]!))
        expect(scale, `${entry.name} has a gradient`).toBeGreaterThan(0)
        expect(error / scale, entry.name).toBeLessThan(TOLERANCE)
      }
    },
  )
})

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
