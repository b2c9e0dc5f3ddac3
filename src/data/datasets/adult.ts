/**
 * Adult census income (B. Becker and R. Kohavi, 1996): does a person earn more than 50,000 dollars a year? Two
 * official files without header, `?` where a value is missing; the test file starts with a comment and its labels
 * end in a full stop.
 *
 * The encoding is fixed here and not inferred, so that nodes with parts of their own agree on it: the values of each
 * category as the data set's description lists them, mean and standard deviation of each number over the official
 * training file (a test computes them anew).
 */
import { z } from 'zod'
import { firstExamples } from '../split.ts'
import { buildTable, TABLE_LIMIT } from './csv.ts'
import { parseTable, type Table } from './csv-table.ts'
import { defineDataset, type SourceFile } from './definition.ts'
import { limitOptions, OWN_TEST_SHARE } from './options.ts'
import type { TableOptions } from './table-encoding.ts'

const LABEL = 'income'

/** The order of the file's columns. */
const COLUMNS = [
  ...['age', 'workclass', 'fnlwgt', 'education', 'education-num', 'marital-status', 'occupation'],
  ...['relationship', 'race', 'sex', 'capital-gain', 'capital-loss', 'hours-per-week'],
  ...['native-country', LABEL],
]

const words = (text: string) => text.trim().split(/\s+/)

const ENCODING: TableOptions['columns'] = {
  age: { mean: 38.58164675532078, deviation: 13.640223092304081 },
  workclass: words(
    'Federal-gov Local-gov Never-worked Private Self-emp-inc Self-emp-not-inc State-gov Without-pay',
  ),
  fnlwgt: { mean: 189778.36651208502, deviation: 105548.3568808909 },
  education: words(
    `10th 11th 12th 1st-4th 5th-6th 7th-8th 9th Assoc-acdm Assoc-voc Bachelors Doctorate HS-grad Masters
     Preschool Prof-school Some-college`,
  ),
  'education-num': { mean: 10.0806793403151, deviation: 2.5726808256012395 },
  'marital-status': words(
    `Divorced Married-AF-spouse Married-civ-spouse Married-spouse-absent Never-married Separated
     Widowed`,
  ),
  occupation: words(
    `Adm-clerical Armed-Forces Craft-repair Exec-managerial Farming-fishing Handlers-cleaners
     Machine-op-inspct Other-service Priv-house-serv Prof-specialty Protective-serv Sales
     Tech-support Transport-moving`,
  ),
  relationship: words('Husband Not-in-family Other-relative Own-child Unmarried Wife'),
  race: words('Amer-Indian-Eskimo Asian-Pac-Islander Black Other White'),
  sex: words('Female Male'),
  'capital-gain': { mean: 1077.6488437087312, deviation: 7385.178676946586 },
  'capital-loss': { mean: 87.303829734959, deviation: 402.9540308275458 },
  'hours-per-week': { mean: 40.437455852092995, deviation: 12.347239075706955 },
  'native-country': words(
    `Cambodia Canada China Columbia Cuba Dominican-Republic Ecuador El-Salvador England France Germany
     Greece Guatemala Haiti Holand-Netherlands Honduras Hong Hungary India Iran Ireland Italy Jamaica
     Japan Laos Mexico Nicaragua Outlying-US(Guam-USVI-etc) Peru Philippines Poland Portugal
     Puerto-Rico Scotland South Taiwan Thailand Trinadad&Tobago United-States Vietnam Yugoslavia`,
  ),
}

export const adult = defineDataset({
  schema: z.strictObject({
    name: z.literal('adult').describe('Adult census income: more than 50,000 dollars a year?'),
    ...limitOptions,
  }),
  folder: 'adult',
  needs: () => ({
    kind: 'files',
    files: [
      { key: 'train', names: ['adult.data'], limit: TABLE_LIMIT, holds: 'train' },
      { key: 'test', names: ['adult.test'], limit: TABLE_LIMIT, holds: 'test' },
    ],
  }),
  ownPartProblem: () => null,
  build(options, files) {
    const dataset = buildTable(
      'adult',
      {
        label: LABEL,
        classes: ['<=50K', '>50K'],
        columns: ENCODING,
        missing: ['?', ''],
        testShare: OWN_TEST_SHARE,
        seed: 0,
      },
      { train: files.get('train')!, test: files.get('test'), read: readTable },
    )
    return {
      ...dataset,
      train: firstExamples(dataset.train, options.train),
      test: firstExamples(dataset.test, options.test),
    }
  },
})

function readTable(file: SourceFile): Table {
  const table = parseTable(file, { separator: ',', columns: COLUMNS, comment: '|' })
  const label = COLUMNS.indexOf(LABEL)
  return {
    ...table,
    rows: table.rows.map((row) => row.with(label, row[label]!.replace(/\.$/, ''))),
  }
}
