/**
 * CIFAR-10 (A. Krizhevsky, 2009) in its official binary form: records of one label byte and 3 × 32 × 32 pixels,
 * the red plane first. https://www.cs.toronto.edu/~kriz/cifar.html
 */
import { z } from 'zod'
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { firstExamples, holdOut } from '../split.ts'
import { defineDataset, type SourceFile } from './definition.ts'
import { limitOptions, OWN_TEST_SHARE } from './options.ts'

const SIDE = 32
const CHANNELS = 3
const CLASSES = 10
const PLANE = SIDE * SIDE
const RECORD = 1 + CHANNELS * PLANE
/** Ten times an official batch of 10,000 records. */
const LIMIT = 100_000 * RECORD
const BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5']

/** To [−1, 1], as DecentralizePy does. */
const AFFINE = { scale: 2 / 255, offset: -1 }

export const cifar10 = defineDataset({
  schema: z.strictObject({
    name: z.literal('cifar10').describe('CIFAR-10 pictures, from the official binary batches.'),
    ...limitOptions,
  }),
  folder: 'cifar10',
  needs: () => ({
    kind: 'files',
    files: [
      ...BATCHES.map((name, i) => ({
        key: name,
        names: [`${name}.bin`, `cifar-10-batches-bin/${name}.bin`],
        limit: LIMIT,
        holds: 'train' as const,
        optional: i > 0,
      })),
      {
        key: 'test_batch',
        names: ['test_batch.bin', 'cifar-10-batches-bin/test_batch.bin'],
        limit: LIMIT,
        holds: 'test',
      },
    ],
  }),
  ownPartProblem: () => null,
  build(options, files) {
    const present = BATCHES.filter((name) => files.has(name))
    const all = readBatches(present.map((name) => files.get(name)!))
    const testFile = files.get('test_batch')
    const { train, test } =
      testFile === undefined
        ? holdOut(all, { share: OWN_TEST_SHARE, seed: 'cifar10' }, files.get(BATCHES[0]!)!.path)
        : { train: all, test: readBatches([testFile]) }
    const missing = BATCHES.filter((name) => !files.has(name))
    return {
      name: 'cifar10',
      input: { kind: 'values', shape: [SIDE, SIDE, CHANNELS] },
      output: { kind: 'classes', count: CLASSES },
      train: firstExamples(train, options.train),
      test: firstExamples(test, options.test),
      ...(missing.length > 0 && {
        notes: [
          `${missing.join(', ')} not found: training on ${all.count} of CIFAR-10's 50,000 pictures. ` +
            'Fetch the rest with: starling data pull cifar10',
        ],
      }),
    }
  },
})

/** All records of the files, pixels turned from planes (channel, row, column) to (row, column, channel). */
function readBatches(files: readonly SourceFile[]): Examples {
  for (const { path, bytes } of files) {
    if (bytes.length === 0 || bytes.length % RECORD !== 0) {
      throw new DataFileError(
        path,
        `its ${bytes.length} bytes are not a whole number of ${RECORD}-byte records`,
        'Fetch the official binary version again with: starling data pull cifar10',
      )
    }
  }
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / RECORD, 0)
  const inputs = new Uint8Array(count * CHANNELS * PLANE)
  const labels = new Int32Array(count)
  let example = 0
  for (const { path, bytes } of files) {
    for (let record = 0; record < bytes.length; record += RECORD) {
      const label = bytes[record]!
      if (label >= CLASSES) {
        throw new DataFileError(
          path,
          `record ${record / RECORD} has label ${label}, and the classes are 0 to ${CLASSES - 1}`,
          'Fetch the official binary version again with: starling data pull cifar10',
        )
      }
      labels[example] = label
      const target = example * CHANNELS * PLANE
      for (let channel = 0; channel < CHANNELS; channel++) {
        const plane = record + 1 + channel * PLANE
        for (let pixel = 0; pixel < PLANE; pixel++) {
          inputs[target + pixel * CHANNELS + channel] = bytes[plane + pixel]!
        }
      }
      example++
    }
  }
  return { count, inputs, inputShape: [SIDE, SIDE, CHANNELS], affine: AFFINE, labels }
}
