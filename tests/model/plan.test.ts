import { describe, expect, it } from 'vitest'
import { type LayerSpec, layoutOf, type ModelSpec, planLayers } from '../../src/model/index.ts'

function model(shape: readonly number[], ...layers: LayerSpec[]): ModelSpec {
  return {
    name: 'tried',
    input: { kind: 'values', shape },
    output: { kind: 'classes', count: 2 },
    layers,
  }
}

const outputOf = (spec: ModelSpec) => planLayers(spec).at(-1)!.outputShape

describe('shape inference', () => {
  it.each<[string, LayerSpec, number[]]>([
    ['same', { kind: 'conv2d', filters: 4, kernel: 5 }, [9, 7, 4]],
    ['same, stride 2', { kind: 'conv2d', filters: 4, kernel: 5, stride: 2 }, [5, 4, 4]],
    ['valid', { kind: 'conv2d', filters: 4, kernel: 5, padding: 'valid' }, [5, 3, 4]],
    [
      'valid, stride 2',
      { kind: 'conv2d', filters: 4, kernel: 4, padding: 'valid', stride: 2 },
      [3, 2, 4],
    ],
    ['a pool that leaves a remainder', { kind: 'max-pool', size: 2 }, [4, 3, 3]],
    ['flatten', { kind: 'flatten' }, [189]],
  ])('%s', (_, layer, expected) => {
    expect(outputOf(model([9, 7, 3], layer))).toEqual(expected)
  })

  it('names tensors after their layer, which is counted by its kind', () => {
    const dense = { kind: 'dense', units: 3 } as const
    expect(layoutOf(model([2], dense, dense)).entries.map((entry) => entry.name)).toEqual([
      'dense-1.weights',
      'dense-1.bias',
      'dense-2.weights',
      'dense-2.bias',
    ])
  })

  it.each<[string, number[], LayerSpec]>([
    ['dense on an image', [2, 2, 1], { kind: 'dense', units: 3 }],
    ['a convolution on a row', [4], { kind: 'conv2d', filters: 1, kernel: 3 }],
    [
      'a kernel larger than the image',
      [2, 2, 1],
      { kind: 'conv2d', filters: 1, kernel: 3, padding: 'valid' },
    ],
    ['groups that do not divide the channels', [2, 2, 3], { kind: 'group-norm', groups: 2 }],
    ['pooling a row', [4], { kind: 'max-pool', size: 2 }],
    ['an LSTM on a row', [4], { kind: 'lstm', units: 2 }],
    ['an embedding of an image', [2, 2, 1], { kind: 'embedding', vocabulary: 3, size: 2 }],
    ['factorising more than a pair', [3], { kind: 'factorisation', users: 1, items: 1, rank: 1 }],
  ])('refuses %s', (_, shape, layer) => {
    expect(() => layoutOf(model(shape, layer))).toThrow(
      expect.objectContaining({
        name: 'InvalidModelError',
        message: expect.stringContaining(`${layer.kind}-1`),
      }),
    )
  })
})
