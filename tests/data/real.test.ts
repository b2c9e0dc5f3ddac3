/** Known facts about the real files; skipped where they are absent. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type LoadEvent, loadDataset } from '../../daemon/data/index.ts'
import { createPartition, datasetSchema, type Examples } from '../../src/data/index.ts'
import { realData } from './support.ts'

async function load(options: Record<string, unknown>, place: string) {
  const events: LoadEvent[] = []
  const dataset = await loadDataset(datasetSchema.parse(options), {
    env: { STARLING_DATA: place },
    progress: (event) => events.push(event),
  })
  return { dataset, events }
}

function classCounts({ labels }: Examples): number[] {
  const counts: number[] = []
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1
  return counts
}

const mean = (values: Examples['inputs']) => {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

function real(folder: string, body: (place: string) => void) {
  const place = realData(folder)
  describe.skipIf(place === null)(folder, () => body(place!))
}

real('mnist', (place) => {
  test('counts, classes and mean of the official files', async () => {
    const { dataset } = await load({ name: 'mnist' }, place)
    const { train, test: held } = dataset
    expect([train.count, held.count]).toEqual([60000, 10000])
    expect(classCounts(train)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    expect(classCounts(held)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect(mean(train.inputs)).toBeCloseTo(33.32, 2)
    expect([...train.labels.subarray(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3])
  })
})

real('cifar10', (place) => {
  test('balanced test batch, and a word about batches that are missing', async () => {
    const { dataset, events } = await load({ name: 'cifar10' }, place)
    expect(dataset.test.count).toBe(10000)
    expect(classCounts(dataset.test)).toEqual(Array(10).fill(1000))
    expect(dataset.train.count % 10000).toBe(0)
    const notes = events.filter(({ type }) => type === 'note')
    expect(notes).toHaveLength(dataset.train.count === 50000 ? 0 : 1)
    // Blue is the darkest channel of the data set.
    const some = dataset.test.inputs.subarray(0, 500 * 3072)
    const channel = (c: number) => mean(some.filter((_, i) => i % 3 === c))
    expect(channel(0)).toBeGreaterThan(channel(2) + 5)
  })
})

real('tinyshakespeare', (place) => {
  test('roles, windows and their order', async () => {
    const { dataset } = await load({ name: 'shakespeare' }, place)
    expect(dataset.train.count).toBeGreaterThan(75_000)
    expect(new Set(dataset.train.clients).size).toBeGreaterThan(200)
    // Every character of the text is in the alphabet.
    expect(dataset.train.inputs.includes(0)).toBe(false)
    const parts = createPartition(
      { kind: 'by-client' },
      { examples: dataset.train, nodes: 16, seed: 1 },
    )
    expect(parts.reduce((sum, part) => sum + part.length, 0)).toBe(dataset.train.count)
  })
})

real('adult', (place) => {
  test('rows, shares, and the fixed statistics are those of the training file', async () => {
    const { dataset } = await load({ name: 'adult' }, place)
    const { train, test: held } = dataset
    expect([train.count, held.count, train.inputShape]).toEqual([32561, 16281, [105]])
    expect(classCounts(train)[1]! / 32561).toBeCloseTo(0.2408, 4)
    expect(classCounts(held)[1]).toBe(3846)
    const columns = Array.from({ length: 105 }, () => ({ sum: 0, squares: 0, isNumber: false }))
    train.inputs.forEach((value: number, i: number) => {
      const column = columns[i % 105]!
      column.sum += value
      column.squares += value ** 2
      column.isNumber ||= value !== 0 && value !== 1
    })
    const numbers = columns.filter(({ isNumber }) => isNumber)
    expect(numbers).toHaveLength(6)
    for (const { sum, squares } of numbers) {
      expect(sum / train.count).toBeCloseTo(0, 5)
      expect(squares / train.count).toBeCloseTo(1, 5)
    }
    // Every category of the file is known: a row lacks as many as it has question marks.
    const ones = columns.reduce((sum, column) => sum + (column.isNumber ? 0 : column.sum), 0)
    const file = gunzipSync(readFileSync(join(place, 'adult', 'adult.data.gz'))).toString()
    expect(ones).toBe(8 * 32561 - file.split('?').length + 1)
  })
})

real('acs', (place) => {
  test('a table with a header, named by the job', async () => {
    const { dataset } = await load(
      {
        name: 'csv',
        file: 'acs/acs-employment-like.csv.gz',
        label: 'ESR',
        positive: ['1', '4'],
        columns: { RAC1P: 'category' },
      },
      place,
    )
    expect(dataset.train.count + dataset.test.count).toBe(56000)
    const positive = classCounts(dataset.train)[1]! + classCounts(dataset.test)[1]!
    expect(positive).toBe(25333 + 249)
  })
})
