/**
 * Any table as CSV with a header: one column is the class to predict, the others are turned into numbers by
 * `table-encoding.ts`. What nodes with their own files must agree on can be written into the job: `classes`, and in
 * `columns` the values of each category and the mean and deviation of each number.
 */
import { z } from 'zod'
import { holdOut } from '../split.ts'
import { parseTable } from './csv-table.ts'
import { defineDataset, type SourceFile } from './definition.ts'
import { pathOption, splitOptions } from './options.ts'
import { encodeTable, inferEncoding, type TableOptions, undeclared } from './table-encoding.ts'

/** A JavaScript string cannot hold more. */
export const TABLE_LIMIT = 512 * 1024 * 1024 - 64

const name = z.string().min(1).max(256)

const columnSchema = z.union([
  z.enum(['number', 'category', 'ignore']).describe('What the column is; its values are inferred.'),
  z.array(z.string().max(256)).min(1).max(1000).describe('The values of a category, in order.'),
  z.strictObject({
    mean: z.number().describe('Subtracted from the number.'),
    deviation: z.number().positive().describe('The number is divided by it.'),
  }),
])

export const csv = defineDataset({
  schema: z.strictObject({
    name: z.literal('csv').describe('Any table with a header; one column is the class.'),
    file: pathOption.describe('CSV file, plain or .gz.'),
    testFile: pathOption.optional().describe('CSV file with the test rows. Default: held out.'),
    label: name.describe('Column to predict.'),
    classes: z
      .array(z.string().max(256))
      .min(2)
      .max(10_000)
      .optional()
      .describe('Values of the label, in the order of their class. Default: those found, sorted.'),
    positive: z
      .array(z.string().max(256))
      .min(1)
      .optional()
      .describe('Makes two classes: 1 where the label is one of these values, 0 elsewhere.'),
    columns: z
      .record(name, columnSchema)
      .default({})
      .describe('Per column: number, category, ignore, its values, or its mean and deviation.'),
    client: name.optional().describe('Column that says who produced a row; not used as an input.'),
    separator: z.string().length(1).default(',').describe('Character between fields.'),
    missing: z.array(z.string()).default(['', '?']).describe('Fields that mean "not known".'),
    ...splitOptions,
  }),
  folder: '',
  needs: ({ file, testFile }) => ({
    kind: 'files',
    files: [
      { key: 'train', names: [file], limit: TABLE_LIMIT, holds: 'train' as const },
      ...(testFile === undefined
        ? []
        : [{ key: 'test', names: [testFile], limit: TABLE_LIMIT, holds: 'test' as const }]),
    ],
  }),
  ownPartProblem(options) {
    const problem = undeclared(options)
    return problem === null
      ? null
      : `${problem}, and nodes that infer it each from their own file would not agree. ` +
          'Write it into the job (docs/data.md shows how).'
  },
  build(options, files) {
    return buildTable('csv', options, {
      train: files.get('train')!,
      test: files.get('test'),
      read: (file) => parseTable(file, { separator: options.separator, columns: null }),
    })
  },
})

/** Builds a data set from tables; the encoding is inferred from the training file alone. */
export function buildTable(
  dataset: string,
  options: TableOptions & { readonly testShare: number; readonly seed: number },
  source: {
    readonly train: SourceFile
    readonly test: SourceFile | undefined
    readonly read: (file: SourceFile) => ReturnType<typeof parseTable>
  },
) {
  const trainTable = source.read(source.train)
  const encoding = inferEncoding(trainTable, options, source.train.path)
  const all = encodeTable(trainTable, encoding, options, source.train.path)
  const { train, test } =
    source.test === undefined
      ? holdOut(all, { share: options.testShare, seed: options.seed }, source.train.path)
      : {
          train: all,
          test: encodeTable(source.read(source.test), encoding, options, source.test.path),
        }
  return {
    name: dataset,
    input: { kind: 'values' as const, shape: all.inputShape },
    output: { kind: 'classes' as const, count: encoding.classes.length },
    train,
    test,
  }
}
