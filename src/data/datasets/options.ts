/** Options that several data sets share. */
import { z } from 'zod'

const count = z.number().int().positive()

export const limitOptions = {
  train: count.optional().describe('Training examples used, from the first. Default: all.'),
  test: count.optional().describe('Test examples used, from the first. Default: all.'),
}

export const splitOptions = {
  testShare: z
    .number()
    .min(0.001)
    .max(0.9)
    .default(0.2)
    .describe('Share of the examples held out for testing where no test file is given.'),
  seed: z.number().int().min(0).max(4294967295).default(7).describe('Seed of that split.'),
}

/** Share of a node's own part that is held out where the data set's test files are not with it. */
export const OWN_TEST_SHARE = 0.2

/** A path in a job: no control characters, and short enough to be one. */
export const pathOption = z
  .string()
  .min(1)
  .max(1024)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f]+$/, 'must be a path without control characters')
