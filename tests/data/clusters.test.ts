import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { build } from './support.ts'

/** The recipe of the reference task, written down a second time as literally as possible. */
function literalClusters(classes: number, dim: number, sizes: readonly number[], seed: number) {
  let a = seed
  const uniform = () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t = t ^ (t + Math.imul(t ^ (t >>> 7), t | 61))
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const normal = () => {
    const u1 = uniform()
    const u2 = uniform()
    return Math.sqrt(-2 * Math.log(1 - u1)) * Math.cos(2 * Math.PI * u2)
  }
  const means: number[][] = []
  for (let c = 0; c < classes; c++) {
    means.push([])
    for (let d = 0; d < dim; d++) means[c]!.push(normal() * 0.35)
  }
  return sizes.map((size) => {
    const values: number[] = []
    for (let i = 0; i < size; i++) {
      for (let d = 0; d < dim; d++) values.push(normal() * 1 + means[i % classes]![d]!)
    }
    return Float32Array.from(values)
  })
}

test('the defaults are the reference task', () => {
  const dataset = build({ name: 'clusters' })
  const [train, test] = literalClusters(10, 64, [4000, 1000], 7)
  expect(dataset.train.inputs).toEqual(train)
  expect(dataset.test.inputs).toEqual(test)
  expect(dataset.train.labels.slice(0, 12)).toEqual(
    Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]),
  )
})

test('the numbers are those of the first release', () => {
  const { train } = build({ name: 'clusters' })
  // Rounded: the last bits of a logarithm are the machine's own.
  const rounded = Int32Array.from(train.inputs, (value) => Math.round(value * 1000))
  const digest = createHash('sha256').update(rounded).digest('hex')
  expect(digest.slice(0, 16)).toBe('db19c79e8bfad90b')
})

test('the class means are as far apart as asked', () => {
  const { train } = build({
    name: 'clusters',
    separation: 2,
    noise: 0,
    classes: 3,
    dim: 2000,
    train: 12,
    test: 3,
  })
  const first = train.inputs.subarray(0, 2000)
  const variance = [...first].reduce((sum, value) => sum + value ** 2, 0) / 2000
  expect(variance).toBeGreaterThan(3.5)
  expect(variance).toBeLessThan(4.5)
  // Without noise, all examples of a class are the same.
  expect(train.inputs.subarray(3 * 2000, 4 * 2000)).toEqual(first)
})
