import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLayout, type ParameterLayout } from '../../src/model/parameters.ts'
import { copyFloats, copyIn, inScratch } from '../../src/numeric/kernels.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { fromOutputMajor, toOutputMajor } from '../../src/sharing/output-major.ts'

const initialiser = { kind: 'zeros' } as const

const there = (x: Float32Array, layout: ParameterLayout) =>
  inScratch(() => copyFloats(toOutputMajor(copyIn(x), layout), layout.size))
const back = (x: Float32Array, layout: ParameterLayout, onto?: Float32Array) =>
  inScratch(() => copyFloats(fromOutputMajor(copyIn(x), layout, onto && copyIn(onto)), layout.size))

test('values of one output lie together; vectors and tables stay', () => {
  const layout = createLayout([
    { name: 'weights', shape: [3, 2], initialiser },
    { name: 'bias', shape: [2], initialiser },
    { name: 'table', shape: [2, 2], initialiser, isTable: true },
  ])
  const parameters = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
  expect([...there(parameters, layout)]).toEqual([1, 3, 5, 2, 4, 6, 7, 8, 9, 10, 11, 12])
  expect([...parameters]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

const shapes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 })

test('leads back, whatever the shapes; sums are taken value by value', () => {
  fc.assert(
    fc.property(fc.array(shapes, { minLength: 1, maxLength: 3 }), fc.nat(), (all, seed) => {
      const layout = createLayout(all.map((shape, i) => ({ name: `${i}`, shape, initialiser })))
      const random = randomStream(seed, 'vectors')
      const vector = () => Float32Array.from({ length: layout.size }, () => random.normal())
      const [x, y] = [vector(), vector()]
      const ordered = there(x, layout)
      for (const { offset, size, shape } of layout.entries) {
        const columns = shape.length < 2 ? 1 : shape.at(-1)!
        const rows = size / columns
        for (let i = 0; i < size; i++) {
          const [row, column] = [Math.floor(i / columns), i % columns]
          if (ordered[offset + column * rows + row] !== x[offset + i])
            throw new Error(`${shape}, ${i}`)
        }
      }
      expect(back(ordered, layout)).toEqual(x)
      expect(back(ordered, layout, y)).toEqual(x.map((value, i) => y[i]! + value))
    }),
    { numRuns: 40 },
  )
})
