import { expect, test } from 'vitest'
import { createLayout } from '../../src/model/parameters.ts'
import { fromOutputMajor, toOutputMajor } from '../../src/sharing/output-major.ts'

const initialiser = { kind: 'zeros' } as const

test('values of one output lie together; vectors and tables stay', () => {
  const layout = createLayout([
    { name: 'weights', shape: [3, 2], initialiser },
    { name: 'bias', shape: [2], initialiser },
    { name: 'table', shape: [2, 2], initialiser, isTable: true },
  ])
  const parameters = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  expect([...toOutputMajor(parameters, layout)]).toEqual([1, 3, 5, 2, 4, 6, 7, 8, 9, 10, 11, 12])
  expect([...parameters]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

test('leads back, also for tensors larger than a tile and of four axes', () => {
  const layout = createLayout([
    { name: 'dense', shape: [70, 33], initialiser },
    { name: 'convolution', shape: [3, 3, 5, 40], initialiser },
  ])
  const parameters = Float32Array.from({ length: layout.size }, (_, i) => i)
  const ordered = toOutputMajor(parameters, layout)
  // The second of the 33 outputs begins after the 70 inputs of the first.
  expect(ordered[71]).toBe(parameters[34])
  expect(fromOutputMajor(ordered, layout)).toEqual(parameters)
})
