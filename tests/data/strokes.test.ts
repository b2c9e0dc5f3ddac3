import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Examples } from '../../src/data/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { build } from './support.ts'

test('equal options give equal pictures, and more of them begin with the same', () => {
  const small = build({ name: 'strokes', train: 60, test: 20 })
  const large = build({ name: 'strokes', train: 100, test: 20 })
  expect(large.train.inputs.subarray(0, 60 * 784)).toEqual(small.train.inputs)
  expect(large.test).toEqual(small.test)
  expect(build({ name: 'strokes', train: 60, test: 20, seed: 8 }).train.inputs).not.toEqual(
    small.train.inputs,
  )
})

test('the pictures are those of the first release', () => {
  const { train } = build({ name: 'strokes', train: 50, test: 10 })
  const digest = createHash('sha256').update(train.inputs).digest('hex')
  expect(digest.slice(0, 16)).toBe('ca3c42dedb32bb1c')
})

test('labels are balanced within each writer', () => {
  const { train } = build({ name: 'strokes', train: 400, test: 10, writers: 5 })
  const counts = new Map<string, number>()
  train.labels.forEach((label, i) => {
    const key = `${train.clients![i]} writes ${label}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  })
  expect(counts.size).toBe(50)
  expect(new Set(counts.values())).toEqual(new Set([8]))
})

test('a writer is more like itself than like others', () => {
  const { train } = build({ name: 'strokes', train: 400, test: 10, writers: 2, noise: 0 })
  const distance = (a: number, b: number) => {
    let sum = 0
    for (let p = 0; p < 784; p++) {
      sum += Math.abs(train.inputs[a * 784 + p]! - train.inputs[b * 784 + p]!)
    }
    return sum
  }
  let [own, other, pairs] = [0, 0, 0]
  // Blocks of ten alternate between the two writers.
  for (let i = 0; i + 20 < 400; i++) {
    own += distance(i, i + 20)
    other += distance(i, i + 10)
    pairs++
  }
  expect(own / pairs).toBeLessThan((0.95 * other) / pairs)
})

test('well over 1,000 pictures a second of processor time', () => {
  build({ name: 'strokes', train: 500, test: 1 })
  const start = process.cpuUsage()
  build({ name: 'strokes', train: 2000, test: 1 })
  const { user, system } = process.cpuUsage(start)
  const rate = 2001 / ((user + system) / 1e6)
  console.log(`strokes: ${Math.round(rate)} pictures a second of processor time`)
  expect(rate).toBeGreaterThan(1500)
})

test('a linear model is far above chance and falls short', () => {
  const { train, test: held } = build({ name: 'strokes', train: 4000, test: 1000 })
  const accuracy = softmaxRegression(train, held, 12)
  console.log(`softmax regression on strokes: ${(100 * accuracy).toFixed(1)} %`)
  expect(accuracy).toBeGreaterThan(0.76)
  expect(accuracy).toBeLessThan(0.9)
})

/** Test accuracy of multinomial logistic regression after `epochs` of plain SGD, one example a step. */
function softmaxRegression(train: Examples, held: Examples, epochs: number): number {
  const { scale, offset } = train.affine!
  const weights = new Float64Array(10 * 785)
  const input = new Float64Array(785).fill(1)
  const scores = (examples: Examples, example: number) => {
    for (let p = 0; p < 784; p++) {
      input[p] = examples.inputs[example * 784 + p]! * scale + offset
    }
    return Float64Array.from({ length: 10 }, (_, c) => {
      let sum = 0
      for (let p = 0; p < 785; p++) sum += weights[c * 785 + p]! * input[p]!
      return sum
    })
  }
  const random = randomStream(1, 'softmax-regression')
  const order = Int32Array.from({ length: train.count }, (_, i) => i)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 0.005 / (1 + epoch / 3)
    for (const example of random.shuffle(order)) {
      const exps = scores(train, example).map(Math.exp)
      const total = exps.reduce((sum, value) => sum + value, 0)
      exps.forEach((value, c) => {
        const step = rate * (value / total - (c === train.labels[example] ? 1 : 0))
        for (let p = 0; p < 785; p++) weights[c * 785 + p]! -= step * input[p]!
      })
    }
  }
  let correct = 0
  for (let i = 0; i < held.count; i++) {
    const found = scores(held, i)
    if (found.indexOf(Math.max(...found)) === held.labels[i]) correct++
  }
  return correct / held.count
}
