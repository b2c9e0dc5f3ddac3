import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { deflateSync, gzipSync } from 'node:zlib'
import { encode as encodePng } from 'fast-png'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dataPlaces, loadDataset, loadOwnPart } from '../../daemon/data/index.ts'
import { readDataFile } from '../../daemon/data/read-file.ts'
import { datasetSchema, shapeOf, shareExamples } from '../../src/data/index.ts'
import { cifarRecord, mnistFiles, text } from './support.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'starling-data-'))
})
afterEach(() => rmSync(home, { recursive: true }))

function put(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), bytes)
}

const rows = (count: number, from = 0) =>
  text(`a,b\n${Array.from({ length: count }, (_, i) => `${from + i},${i % 2}`).join('\n')}\n`)

function load(options: Record<string, unknown>, more: { baseDirectory?: string } = {}) {
  return loadDataset(datasetSchema.parse(options), {
    dataDirectory: join(home, 'daemon'),
    env: { STARLING_DATA: join(home, 'named') },
    ...more,
  })
}

function own(
  options: Record<string, unknown>,
  path: string,
  shape?: Parameters<typeof loadOwnPart>[2],
) {
  return loadOwnPart(datasetSchema.parse(options), join(home, path), shape)
}

function putMnist(folder: string, count: number, stems: readonly ('train' | 'test')[]): void {
  for (const stem of stems) {
    const files = mnistFiles(count, stem)
    const prefix = stem === 'train' ? 'train' : 't10k'
    put(`${folder}/${prefix}-images-idx3-ubyte.gz`, gzipSync(files[`${stem}-images`]!))
    put(`${folder}/${prefix}-labels-idx1-ubyte`, files[`${stem}-labels`]!)
  }
}

describe('where files are looked for', () => {
  test('the data directory, then $STARLING_DATA, then beside the checkout', () => {
    const places = dataPlaces({ dataDirectory: '/home/d', env: { STARLING_DATA: '/named' } })
    expect(places.slice(0, 2)).toEqual(['/home/d/datasets', '/named'])
    expect(places[2]).toBe(join(import.meta.dirname, '../../../shared/data'))
    expect(dataPlaces({ env: {} })).toEqual(places.slice(2))
  })

  test('the first place that has all files wins, gzipped or not', async () => {
    putMnist('daemon/datasets/mnist', 2, ['train'])
    putMnist('named/mnist', 3, ['train', 'test'])
    expect((await load({ name: 'mnist' })).train.count).toBe(3)
    putMnist('daemon/datasets/mnist', 2, ['test'])
    expect((await load({ name: 'mnist' })).train.count).toBe(2)
  })

  test('an optional file of another place is not mixed in', async () => {
    for (const name of ['data_batch_1', 'test_batch']) {
      put(
        `daemon/datasets/cifar10/${name}.bin`,
        cifarRecord(1, () => 1),
      )
      put(
        `named/cifar10/${name}.bin`,
        cifarRecord(2, () => 2),
      )
    }
    put(
      'named/cifar10/data_batch_2.bin',
      cifarRecord(2, () => 2),
    )
    expect([...(await load({ name: 'cifar10' })).train.labels]).toEqual([1])
  })

  test('nothing found: every place, every file, and the command that fetches them', async () => {
    const missing = load({ name: 'movielens' })
    await expect(missing).rejects.toThrow(
      expect.objectContaining({ name: 'DatasetNotFoundError', files: ['ratings.csv'] }),
    )
    const message = await missing.catch((error: Error) => error.message)
    expect(message).toContain(join(home, 'daemon/datasets/movielens'))
    expect(message).toContain(join(home, 'named/movielens'))
    expect(message).toContain('shared/data/movielens')
    expect(message).toContain('starling data pull movielens')
  })
})

describe('paths in a job', () => {
  const job = { name: 'csv', file: 'tables/x.csv', label: 'b' }

  test("one's own job file is the base of its paths", async () => {
    put('jobs/tables/x.csv', rows(10))
    const { train, test: held } = await load(job, { baseDirectory: join(home, 'jobs') })
    expect(train.count + held.count).toBe(10)
    const absolute = { ...job, file: join(home, 'jobs/tables/x.csv') }
    expect((await load(absolute, { baseDirectory: home })).train.count).toBe(8)
  })

  test('a job from elsewhere reaches the data directories only', async () => {
    put('named/tables/x.csv.gz', gzipSync(rows(20)))
    expect((await load(job)).train.count).toBe(16)
    put('secret.csv', rows(10))
    for (const file of [
      join(home, 'secret.csv'),
      '../secret.csv',
      'tables/../../secret.csv',
      '..',
    ]) {
      await expect(load({ ...job, file })).rejects.toThrow(
        expect.objectContaining({ name: 'ForeignPathError' }),
      )
    }
    await expect(load({ name: 'images', folder: '/etc' })).rejects.toThrow('may only name files')
  })
})

describe('files that cannot be read', () => {
  const job = { name: 'csv', file: 'x.csv', label: 'b' }

  test('a damaged gzip stream, and one that inflates beyond the limit', async () => {
    put('named/x.csv', gzipSync(rows(100)).subarray(0, 60))
    await expect(load(job)).rejects.toThrow(/x\.csv: its gzip stream is damaged/)
    put('zeros.gz', gzipSync(new Uint8Array(1_000_000)))
    await expect(readDataFile(join(home, 'zeros.gz'), 50_000)).rejects.toThrow(
      /more than 50000 bytes/,
    )
    put('large', new Uint8Array(60_000))
    await expect(readDataFile(join(home, 'large'), 50_000)).rejects.toThrow(
      /at most 50000 are read/,
    )
  })

  test('a PNG that inflates to more than its pixels', async () => {
    const honest = encodePng({ width: 4, height: 4, channels: 1, data: new Uint8Array(16) })
    put('named/pets/cat/1.png', honest)
    put('named/pets/dog/1.png', pngOf(4, 4, new Uint8Array(50_000_000)))
    await expect(load({ name: 'images', folder: 'pets' })).rejects.toThrow(
      /dog\/1\.png: it holds more than its 4 × 4 pixels/,
    )
  })

  test('an aborted load rejects with the reason given', async () => {
    put('named/x.csv', rows(10))
    const signal = AbortSignal.abort(new Error('enough'))
    const loading = loadDataset(datasetSchema.parse(job), {
      env: { STARLING_DATA: join(home, 'named') },
      signal,
    })
    await expect(loading).rejects.toThrow()
  })
})

/** A grey PNG with whatever image data; checksums are left 0, as the guard comes before them. */
function pngOf(width: number, height: number, data: Uint8Array): Uint8Array {
  const chunk = (type: string, content: Uint8Array) => {
    const bytes = Buffer.alloc(12 + content.length)
    bytes.writeUInt32BE(content.length, 0)
    bytes.write(type, 4)
    bytes.set(content, 8)
    return bytes
  }
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 0, 0, 0, 0])
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const end = new Uint8Array(0)
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(data)),
    chunk('IEND', end),
  ])
}

describe("a node's own part", () => {
  test('a folder in the form of the data set, with or without test files', async () => {
    putMnist('mine', 10, ['train'])
    const alone = await own({ name: 'mnist' }, 'mine')
    expect([alone.train.count, alone.test.count]).toEqual([8, 2])
    putMnist('mine', 10, ['test'])
    const both = await own({ name: 'mnist' }, 'mine', { expected: shapeOf(alone) })
    expect([both.train.count, both.test.count]).toEqual([10, 10])
  })

  const declared = {
    ...{ name: 'csv', file: 'somewhere/else.csv', label: 'b', classes: ['0', '1'] },
    columns: { a: { mean: 5, deviation: 2 } },
  }

  test('one file of its own, under whatever name', async () => {
    put('private.csv', rows(10, 100))
    const part = await own(declared, 'private.csv')
    expect(part.train.inputShape).toEqual([1])
    expect(Math.min(...part.train.inputs)).toBeGreaterThanOrEqual((100 - 5) / 2)
    put('folder/else.csv', rows(5))
    expect((await own(declared, 'folder')).train.count).toBe(4)
  })

  test('what nodes must agree on has to stand in the job', async () => {
    put('private.csv', rows(10))
    const open = { name: 'csv', file: 'x.csv', label: 'b' }
    await expect(own(open, 'private.csv')).rejects.toThrow(/does not say the `classes`/)
    await expect(own({ ...open, classes: ['0', '1'] }, 'private.csv')).rejects.toThrow(
      /no `columns`/,
    )
    await expect(own({ ...declared, columns: { a: 'number' } }, 'x')).rejects.toThrow(/column "a"/)
    await expect(own({ name: 'movielens' }, 'x')).rejects.toThrow(/`users` and `items`/)
    await expect(own({ name: 'images', folder: 'x' }, 'x')).rejects.toThrow(/Give `classes`/)
    await expect(own({ name: 'clusters' }, 'x')).rejects.toThrow(/generated/)
  })

  test('a part of another shape is refused with the difference', async () => {
    put('private.csv', rows(10))
    const job = { ...declared, columns: { a: { mean: 0, deviation: 1 }, b: 'ignore' } }
    const shape = shapeOf(await own(job, 'private.csv'))
    const expected = { ...shape, input: { kind: 'values' as const, shape: [7] } }
    await expect(own(job, 'private.csv', { expected })).rejects.toThrow(
      /input is .*\[1\].* and the job's .*\[7\]/,
    )
  })

  test('an absent file is named with what is wanted', async () => {
    await expect(own(declared, 'nowhere')).rejects.toThrow(/else\.csv\nLooked in:\n.*nowhere/)
    putMnist('mine', 2, ['train'])
    await expect(own({ name: 'mnist' }, 'mine/train-labels-idx1-ubyte')).rejects.toThrow(
      /train-images/,
    )
  })
})

describe('loading in a thread of its own', () => {
  const settings = () => ({ env: { STARLING_DATA: join(home, 'named') }, apart: true })
  const parse = (options: Record<string, unknown>) => datasetSchema.parse(options)

  test('gives the same data set', async () => {
    putMnist('named/mnist', 5, ['train', 'test'])
    expect(await loadDataset(parse({ name: 'mnist' }), settings())).toEqual(
      await load({ name: 'mnist' }),
    )
    const strokes = { name: 'strokes', train: 20, test: 10 }
    expect(await loadDataset(parse(strokes), settings())).toEqual(await load(strokes))
  })

  test('errors keep their name and fields', async () => {
    put('named/x.csv', text('a,b\n'))
    const loading = loadDataset(parse({ name: 'csv', file: 'x.csv', label: 'b' }), settings())
    await expect(loading).rejects.toThrow(
      expect.objectContaining({ name: 'DataFileError', file: join(home, 'named/x.csv') }),
    )
  })

  test('leaves this thread free, and nothing to copy for an engine', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    const start = performance.now()
    delay.enable()
    const { train } = await loadDataset(parse({ name: 'strokes', train: 2000 }), settings())
    delay.disable()
    const took = performance.now() - start
    expect(delay.max / 1e6).toBeLessThan(took / 3)
    expect(train.inputs.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(shareExamples(train).inputs).toBe(train.inputs)
  })

  test('tells what it reads', async () => {
    putMnist('named/mnist', 5, ['train', 'test'])
    const events: unknown[] = []
    const progress = (event: unknown) => events.push(event)
    await loadDataset(parse({ name: 'mnist' }), { ...settings(), progress })
    expect(events).toContainEqual({ type: 'building', dataset: 'mnist' })
    expect(events).toHaveLength(5)
  })

  test('takes an own part, and refuses one of another shape', async () => {
    putMnist('mine', 10, ['train'])
    const here = await own({ name: 'mnist' }, 'mine')
    const there = (expected = shapeOf(here)) =>
      own({ name: 'mnist' }, 'mine', { apart: true, expected })
    expect(await there()).toEqual(here)
    const other = { ...shapeOf(here), output: { kind: 'classes' as const, count: 3 } }
    await expect(there(other)).rejects.toThrow(
      expect.objectContaining({
        name: 'DataShapeError',
        message: expect.stringMatching(/output is/),
      }),
    )
  })

  test('an abort ends it', async () => {
    const signal = AbortSignal.timeout(150)
    const endless = parse({ name: 'strokes', train: 1_000_000 })
    await expect(loadDataset(endless, { ...settings(), signal })).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError' }),
    )
  })
})
