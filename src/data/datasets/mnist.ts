/** MNIST (Y. LeCun et al., 1998): 60,000 + 10,000 grey digits of 28 × 28, from the four official IDX files. */
import { z } from 'zod'
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { firstExamples, holdOut } from '../split.ts'
import { defineDataset, type SourceFile, type SourceFiles } from './definition.ts'
import { parseIdx } from './idx.ts'
import { limitOptions, OWN_TEST_SHARE } from './options.ts'

const SIDE = 28
const CLASSES = 10
/** Room for ten times the official files: own collections in this format may be larger than MNIST. */
const LIMIT = 512 * 1024 * 1024

/** Mean and standard deviation of the training pixels: every implementation's convention. */
const AFFINE = { scale: 1 / (255 * 0.3081), offset: -0.1307 / 0.3081 }

export const mnist = defineDataset({
  schema: z.strictObject({
    name: z.literal('mnist').describe('MNIST digits, from the official IDX files.'),
    ...limitOptions,
  }),
  folder: 'mnist',
  needs: () => ({
    kind: 'files',
    files: (['train', 'test'] as const).flatMap((holds) =>
      (['images-idx3', 'labels-idx1'] as const).map((content) => {
        const stem = holds === 'train' ? 'train' : 't10k'
        return {
          key: `${holds}-${content.slice(0, 6)}`,
          names: [`${stem}-${content}-ubyte`, `${stem}-${content.replace('-', '.')}-ubyte`],
          limit: LIMIT,
          holds,
        }
      }),
    ),
  }),
  ownPartProblem: () => null,
  build(options, files) {
    const all = readPair(files, 'train')!
    const given = readPair(files, 'test')
    const { train, test } =
      given === undefined
        ? holdOut(all, { share: OWN_TEST_SHARE, seed: 'mnist' }, files.get('train-images')!.path)
        : { train: all, test: given }
    return {
      name: 'mnist',
      input: { kind: 'values', shape: [SIDE, SIDE, 1] },
      output: { kind: 'classes', count: CLASSES },
      train: firstExamples(train, options.train),
      test: firstExamples(test, options.test),
    }
  },
})

function readPair(files: SourceFiles, holds: 'train' | 'test'): Examples | undefined {
  const images = files.get(`${holds}-images`)
  const labels = files.get(`${holds}-labels`)
  return images && labels && pair(images, labels)
}

function pair(imageFile: SourceFile, labelFile: SourceFile): Examples {
  const images = parseIdx(imageFile, 3)
  const labels = parseIdx(labelFile, 1)
  const [count, height, width] = images.lengths
  if (height !== SIDE || width !== SIDE) {
    throw new DataFileError(
      imageFile.path,
      `its images are ${height} × ${width} and not ${SIDE} × ${SIDE}`,
      'Use the "images" data set for pictures of other sizes.',
    )
  }
  if (labels.lengths[0] !== count) {
    throw new DataFileError(
      labelFile.path,
      `it holds ${labels.lengths[0]} labels for the ${count} images of ${imageFile.path}`,
      'Put an image file and a label file of the same set there.',
    )
  }
  const wrong = labels.values.findIndex((label) => label >= CLASSES)
  if (wrong >= 0) {
    throw new DataFileError(
      labelFile.path,
      `label ${wrong} is ${labels.values[wrong]}, and the classes are 0 to ${CLASSES - 1}`,
      'Fetch the official file again with: starling data pull mnist',
    )
  }
  return {
    count: count!,
    inputs: images.values,
    inputShape: [SIDE, SIDE, 1],
    affine: AFFINE,
    labels: Int32Array.from(labels.values),
  }
}
