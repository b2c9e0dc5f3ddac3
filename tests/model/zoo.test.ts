import { describe, expect, it } from 'vitest'
import {
  createModel,
  type DataShape,
  initialParameters,
  layoutOf,
  type ModelSpec,
  modelSchema,
  planLayers,
  viewOf,
  zoo,
} from '../../src/model/index.ts'
import { images, ratings, text } from './shapes.ts'

function specOf(options: unknown, data: DataShape): ModelSpec {
  const source = createModel(modelSchema.parse(options), data)
  if (source.kind !== 'layers') throw new Error('not a zoo model')
  return source.spec
}

/** A data set that each model was made for, and its published number of parameters. */
const MADE_FOR: Record<keyof typeof zoo, { data: DataShape; parameters: number }> = {
  mlp: { data: images([64], 10), parameters: 9_610 },
  'gn-lenet': { data: images([32, 32, 3], 10), parameters: 89_834 },
  'femnist-cnn': { data: images([28, 28, 1], 62), parameters: 1_690_046 },
  'char-lstm': { data: text(80, 92), parameters: 2_683_708 },
  'matrix-factorisation': { data: ratings(610, 9_724), parameters: 206_680 },
}

describe.each(Object.keys(zoo) as (keyof typeof zoo)[])('contract of the zoo: %s', (name) => {
  const { data, parameters } = MADE_FOR[name]
  const spec = specOf({ name }, data)
  const layout = layoutOf(spec)

  it('has the published number of parameters', () => {
    expect(layout.size).toBe(parameters)
  })

  it('lays its tensors side by side, without gap or overlap, under names of their own', () => {
    let offset = 0
    for (const entry of layout.entries) {
      expect(entry.offset).toBe(offset)
      expect(entry.size).toBe(entry.shape.reduce((product, length) => product * length, 1))
      offset += entry.size
    }
    expect(offset).toBe(layout.size)
    expect(new Set(layout.entries.map((entry) => entry.name)).size).toBe(layout.entries.length)
  })

  it('ends in what the data set asks for', () => {
    const { output } = data
    const expected = output.kind === 'classes' ? [output.count] : []
    expect(planLayers(spec).at(-1)!.outputShape).toEqual(expected)
  })

  it('starts from equal values for equal seeds, and from others for others', () => {
    const first = initialParameters(layout, 7)
    expect(initialParameters(layout, 7)).toEqual(first)
    expect(initialParameters(layout, 8)).not.toEqual(first)
  })

  it('starts every tensor as its initialiser says', () => {
    const values = initialParameters(layout, 1)
    for (const entry of layout.entries) {
      const view = viewOf(values, entry)
      const { initialiser } = entry
      const largest = view.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      if (initialiser.kind === 'zeros') expect(largest).toBe(0)
      if (initialiser.kind === 'ones') expect(view.every((value) => value === 1)).toBe(true)
      if (initialiser.kind === 'uniform') {
        expect(largest).toBeLessThanOrEqual(Math.fround(initialiser.bound))
        if (view.length > 100) expect(largest).toBeGreaterThan(0.9 * initialiser.bound)
      }
      if (initialiser.kind === 'normal') {
        const variance = view.reduce((sum, value) => sum + value * value, 0) / view.length
        expect(Math.sqrt(variance)).toBeCloseTo(initialiser.deviation, 0)
      }
    }
  })

  it('refuses a key that it does not know', () => {
    expect(modelSchema.safeParse({ name, hiden: 3 }).success).toBe(false)
  })

  it('is plain data', () => {
    expect(structuredClone(spec)).toEqual(spec)
  })
})

describe('a model adapts to the data set', () => {
  it('mlp flattens images and takes any hidden layers', () => {
    expect(layoutOf(specOf({ name: 'mlp', hidden: [5, 4] }, images([3, 2, 1], 2))).size).toBe(
      6 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2,
    )
    expect(layoutOf(specOf({ name: 'mlp', hidden: [] }, images([7], 3))).size).toBe(7 * 3 + 3)
  })

  it.each([
    ['mlp', text(80, 92)],
    ['mlp', ratings(3, 4)],
    ['gn-lenet', images([64], 10)],
    ['femnist-cnn', text(80, 92)],
    ['char-lstm', images([28, 28, 1], 10)],
    ['char-lstm', ratings(3, 4)],
    ['matrix-factorisation', text(80, 92)],
    ['matrix-factorisation', images([2], 10)],
  ])('%s refuses data that it cannot take', (name, data) => {
    expect(() => specOf({ name }, data)).toThrow(
      expect.objectContaining({ name: 'UnsuitableDataError', model: name }),
    )
  })

  it('an image too small for the pooling is refused with the layer that finds nothing left', () => {
    expect(() => layoutOf(specOf({ name: 'gn-lenet' }, images([4, 4, 3], 10)))).toThrow(
      expect.objectContaining({
        name: 'InvalidModelError',
        message: expect.stringContaining('max-pool-3'),
      }),
    )
  })
})

describe('models kept in files', () => {
  const data = images([4], 2)
  it('carry what the caller has read', () => {
    const layers = modelSchema.parse({ name: 'custom-layers', file: 'model.json' })
    expect(createModel(layers, data, { json: '{}' })).toMatchObject({
      kind: 'tfjs-layers',
      json: '{}',
    })
    const module = modelSchema.parse({ name: 'module', file: 'model.ts' })
    expect(createModel(module, data, { url: 'file:///model.ts' })).toMatchObject({
      kind: 'module',
      url: 'file:///model.ts',
    })
  })

  it.each(['custom-layers', 'module'])('%s without its content is refused', (name) => {
    expect(() => createModel(modelSchema.parse({ name, file: 'x' }), data)).toThrow(
      expect.objectContaining({ name: 'MissingModelFileError', file: 'x' }),
    )
  })
})
