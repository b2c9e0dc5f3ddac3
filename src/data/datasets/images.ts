/**
 * A folder of pictures: one sub-folder a class, PNG or JPEG files in it. Every picture is brought to size × size by
 * averaging over areas (its proportions are not kept) and to one or three channels; a random share, chosen by seed,
 * is the test set.
 */
import { z } from 'zod'
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import { holdOut } from '../split.ts'
import { defineDataset, type SourceFiles } from './definition.ts'
import { decodePicture } from './image-decoder.ts'
import { resizeByArea } from './image-resize.ts'
import { pathOption, splitOptions } from './options.ts'

/** Most bytes of all resized pictures together. */
const MAXIMUM_INPUT_BYTES = 2 * 1024 ** 3 - 1

export const images = defineDataset({
  schema: z.strictObject({
    name: z
      .literal('images')
      .describe('A folder of PNG and JPEG pictures, one sub-folder a class.'),
    folder: pathOption.describe('The folder.'),
    size: z.number().int().min(4).max(512).default(32).describe('Side after resizing, pixels.'),
    channels: z
      .union([z.literal(1), z.literal(3)])
      .default(3)
      .describe('3 for colour, 1 for grey (Rec. 601 luma).'),
    classes: z
      .array(z.string().min(1).max(256))
      .min(2)
      .max(10_000)
      .optional()
      .describe(
        'Names of the sub-folders, in the order of their class. Default: those found, sorted.',
      ),
    ...splitOptions,
  }),
  folder: '',
  needs: ({ folder }) => ({
    kind: 'tree',
    folder,
    extensions: ['.png', '.jpg', '.jpeg'],
    limits: { files: 1_000_000, file: 32 * 1024 * 1024, total: 8 * 1024 ** 3 },
  }),
  ownPartProblem: ({ classes }) =>
    classes === undefined
      ? 'nodes that number the sub-folders each by themselves do not agree. Give `classes` in the job.'
      : null,
  build(options, files) {
    const classes = options.classes ?? [...new Set([...files.keys()].map(classOf))].sort()
    const all = readPictures(files, classes, options)
    const { train, test } = holdOut(
      all,
      { share: options.testShare, seed: options.seed },
      options.folder,
    )
    return {
      name: 'images',
      input: { kind: 'values', shape: all.inputShape },
      output: { kind: 'classes', count: classes.length },
      train,
      test,
    }
  },
})

/** The sub-folder of a file in the tree. */
function classOf(key: string): string {
  return key.split('/')[0]!
}

function readPictures(
  files: SourceFiles,
  classes: readonly string[],
  { folder, size, channels }: { folder: string; size: number; channels: 1 | 3 },
): Examples {
  const index = new Map(classes.map((name, i) => [name, i]))
  const keys = [...files.keys()].sort()
  const stray = keys.find((key) => !index.has(classOf(key)))
  if (stray !== undefined) {
    throw new DataFileError(
      files.get(stray)!.path,
      `its folder "${classOf(stray)}" is none of the job's classes (${classes.join(', ')})`,
      'Move it, or add the folder to `classes` in the job.',
    )
  }
  const count = keys.length
  const problem =
    classes.length < 2
      ? `it has ${classes.length} sub-folder(s) with pictures and at least 2 classes are needed`
      : count < 2
        ? `it has ${count} picture(s) and at least 2 are needed`
        : null
  if (problem !== null) {
    throw new DataFileError(folder, problem, 'Put PNG or JPEG files in one sub-folder a class.')
  }
  const length = size * size * channels
  if (count * length > MAXIMUM_INPUT_BYTES) {
    throw new DataFileError(
      folder,
      `${count} pictures of ${size} × ${size} × ${channels} are more than ${MAXIMUM_INPUT_BYTES} bytes`,
      'Use a smaller `size`, or one channel.',
    )
  }
  const inputs = new Uint8Array(count * length)
  keys.forEach((key, i) => {
    const picture = decodePicture(files.get(key)!, channels)
    inputs.set(resizeByArea(picture, size, size), i * length)
  })
  return {
    count,
    inputs,
    inputShape: [size, size, channels],
    affine: { scale: 2 / 255, offset: -1 },
    labels: Int32Array.from(keys, (key) => index.get(classOf(key))!),
  }
}
