/** Damaged files: each parser ends with a named error or a data set, never hangs and never grabs memory. */
import { encode as encodePng } from 'fast-png'
import { encode as encodeJpeg } from 'jpeg-js'
import { describe, expect, test } from 'vitest'
import type { Dataset, datasets } from '../../src/data/index.ts'
import { type RandomStream, randomStream } from '../../src/numeric/random.ts'
import { build, cifarRecord, mnistFiles, text } from './support.ts'

const picture = (seed: number) => {
  const random = randomStream(seed, 'picture')
  const data = Uint8Array.from({ length: 12 * 9 * 4 }, () => random.integer(256))
  return { width: 12, height: 9, data }
}

const ratings = Array.from({ length: 40 }, (_, i) => `${1 + (i % 5)},${i + 1},${1 + (i % 4)},9`)

const valid: Record<
  Exclude<keyof typeof datasets, 'clusters' | 'strokes'>,
  { options: Record<string, unknown>; files: Record<string, Uint8Array> }
> = {
  mnist: { options: {}, files: { ...mnistFiles(3, 'train'), ...mnistFiles(2, 'test') } },
  cifar10: {
    options: {},
    files: { data_batch_1: cifarRecord(1, () => 5), test_batch: cifarRecord(2, () => 6) },
  },
  shakespeare: {
    options: { window: 3 },
    files: { text: text('A:\nSome words.\n\nB:\nOther words, \u2603 more.\n\nA:\nAnd the end.\n') },
  },
  adult: {
    options: {},
    files: {
      train: text(
        '39, Private, 77516, HS-grad, 13, Widowed, ?, Wife, White, Male, 0, 0, 40, Cuba, >50K\n',
      ),
      test: text(
        '|x\n39, Private, 77516, HS-grad, 13, Widowed, ?, Wife, White, Male, 0, 0, 40, Cuba, >50K.\n',
      ),
    },
  },
  csv: {
    options: { file: 'x', label: 'b' },
    files: { train: text('a,b,"c ""d"""\n1.5,x,u\n-2e3,y,"v,w"\n?,x,u\n4,y,u\n') },
  },
  movielens: {
    options: {},
    files: { ratings: text(`userId,movieId,rating,timestamp\n${ratings.join('\n')}`) },
  },
  images: {
    options: { folder: 'f', size: 6 },
    files: {
      'a/1.png': encodePng({ ...picture(1), channels: 4, depth: 8 }),
      'b/1.jpg': Uint8Array.from(encodeJpeg(picture(2), 80).data),
    },
  },
}

/** Truncates, overwrites, inserts or swaps: one to four times. */
function damage(bytes: Uint8Array, random: RandomStream): Uint8Array {
  let result = Array.from(bytes)
  for (let i = 0; i <= random.integer(4); i++) {
    const at = random.integer(Math.max(1, result.length))
    const kind = random.integer(5)
    if (kind === 0) result = result.slice(0, at)
    else if (kind === 1) result.splice(at, 0, ...result.slice(at, at + 20))
    else if (kind === 2) result.splice(at, 1 + random.integer(8))
    else if (kind === 3) result[random.integer(24)] = random.integer(256)
    else result[at] = random.integer(256)
  }
  return Uint8Array.from(result)
}

function requireSound({ train, test: held }: Dataset): void {
  for (const { count, inputs, inputShape, labels, clients } of [train, held]) {
    expect(inputs).toHaveLength(inputShape.reduce((product, length) => product * length, count))
    expect(labels).toHaveLength(count)
    if (clients !== undefined) expect(clients).toHaveLength(count)
    expect(inputs.every((value: number) => Number.isFinite(value))).toBe(true)
  }
}

describe.each(Object.entries(valid))('%s', (name, { options, files }) => {
  test('is sound when whole', () => {
    requireSound(build({ name, ...options }, files))
  })

  test('500 damaged copies end in a DataFileError that names the file, or in sound data', () => {
    const random = randomStream(11, 'fuzz', name)
    const keys = Object.keys(files)
    const before = process.memoryUsage().arrayBuffers
    let refused = 0
    for (let i = 0; i < 500; i++) {
      const key = keys[random.integer(keys.length)]!
      const broken = { ...files, [key]: damage(files[key]!, random) }
      let dataset: Dataset
      try {
        dataset = build({ name, ...options }, broken)
      } catch (error) {
        expect((error as Error).name, String((error as Error).stack)).toBe('DataFileError')
        expect((error as Error).message.length).toBeGreaterThan(20)
        refused++
        continue
      }
      requireSound(dataset)
    }
    // The damage is neither always harmless nor always noticed.
    expect(refused).toBeGreaterThan(20)
    expect(refused).toBeLessThan(500)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(512 * 1024 * 1024)
  })
})
