/**
 * How table rows become numbers. A number column gives one input, (x − mean) / deviation; a category column one
 * input a value, 1 for the value that the row has. A missing field gives 0 in all inputs of its column: the mean of
 * a number, none of a category's values; so does a category's value that the training file does not have.
 * Columns are taken in the order of their names, so that files that order them differently give equal inputs.
 */
import { DataFileError } from '../errors.ts'
import type { Examples } from '../interface.ts'
import type { Table } from './csv-table.ts'

type ColumnOption =
  | 'number'
  | 'category'
  | 'ignore'
  | readonly string[]
  | { readonly mean: number; readonly deviation: number }

export interface TableOptions {
  readonly label: string
  readonly classes?: readonly string[] | undefined
  readonly positive?: readonly string[] | undefined
  readonly columns: Readonly<Record<string, ColumnOption>>
  readonly client?: string | undefined
  readonly missing: readonly string[]
}

type ColumnEncoding =
  | {
      readonly name: string
      readonly kind: 'number'
      readonly mean: number
      readonly deviation: number
    }
  | { readonly name: string; readonly kind: 'category'; readonly values: readonly string[] }

export interface TableEncoding {
  readonly columns: readonly ColumnEncoding[]
  readonly classes: readonly string[]
}

/** More distinct values than this make a column a name or a number, not a category. */
const MAXIMUM_VALUES = 1_000
/** Most bytes of encoded inputs: one-hot columns multiply a table. */
const MAXIMUM_INPUT_BYTES = 4 * 1024 ** 3 - 1

/** The first thing about the table that the options leave to be inferred, or null when they fix it all. */
export function undeclared(options: TableOptions): string | null {
  if (options.classes === undefined && options.positive === undefined) {
    return 'the job does not say the `classes` of the label'
  }
  const columns = Object.entries(options.columns)
  const open = columns.find(([, option]) => option === 'number' || option === 'category')
  if (open !== undefined) return `the job does not say how column "${open[0]}" is encoded`
  if (columns.every(([, option]) => option === 'ignore')) return 'the job declares no `columns`'
  return null
}

/**
 * The encoding that options and training table give. Where the options fix everything, the columns they name are
 * the ones used; otherwise all columns of the file are, apart from label, client and those ignored.
 */
export function inferEncoding(table: Table, options: TableOptions, path: string): TableEncoding {
  const named = Object.keys(options.columns)
  for (const name of [options.label, ...(options.client ? [options.client] : []), ...named]) {
    if (!table.columns.includes(name)) {
      throw new DataFileError(
        path,
        `it has no column "${name}" (its columns: ${table.columns.join(', ')})`,
        'Correct the name in the job, or the header of the file.',
      )
    }
  }
  const inputs = (undeclared(options) === null ? named : [...table.columns])
    .filter((name) => name !== options.label && name !== options.client)
    .filter((name) => options.columns[name] !== 'ignore')
    .sort()
  if (inputs.length === 0) {
    throw new DataFileError(path, 'no column is left as an input', 'Ignore fewer columns.')
  }
  return {
    columns: inputs.map((name) => inferColumn(name, table, options, path)),
    classes: inferClasses(table, options, path),
  }
}

function inferColumn(
  name: string,
  table: Table,
  options: TableOptions,
  path: string,
): ColumnEncoding {
  const option = options.columns[name]
  if (Array.isArray(option)) return { name, kind: 'category', values: option }
  if (typeof option === 'object')
    return { name, kind: 'number', ...(option as { mean: number; deviation: number }) }
  const at = table.columns.indexOf(name)
  const known = table.rows
    .map((row) => row[at]!)
    .filter((field) => !options.missing.includes(field))
  const numbers = option === 'category' ? [] : known.map(toNumber)
  if (option !== 'category' && numbers.every(Number.isFinite)) {
    return { name, kind: 'number', ...statistics(numbers) }
  }
  if (option === 'number') {
    const field = known[numbers.findIndex((value) => !Number.isFinite(value))]
    throw new DataFileError(
      path,
      `column "${name}" holds "${field}", which is no number`,
      'Add it to `missing` in the job, or make the column a category.',
    )
  }
  const values = [...new Set(known)].sort()
  if (values.length > MAXIMUM_VALUES) {
    throw new DataFileError(
      path,
      `column "${name}" has ${values.length} different values, too many for a category`,
      `Leave it out: columns = { "${name}" = "ignore" }.`,
    )
  }
  return { name, kind: 'category', values }
}

/** Population mean and standard deviation; 1 for a constant column, which then gives 0 throughout. */
function statistics(numbers: readonly number[]): { mean: number; deviation: number } {
  const count = Math.max(1, numbers.length)
  const mean = numbers.reduce((sum, x) => sum + x, 0) / count
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count
  return { mean, deviation: Math.sqrt(variance) || 1 }
}

function inferClasses(table: Table, options: TableOptions, path: string): readonly string[] {
  if (options.positive !== undefined) return ['other', options.positive.join('|')]
  if (options.classes !== undefined) return options.classes
  const at = table.columns.indexOf(options.label)
  const classes = [...new Set(table.rows.map((row) => row[at]!))].sort()
  if (classes.length >= 2 && classes.length <= MAXIMUM_VALUES) return classes
  throw new DataFileError(
    path,
    `label "${options.label}" has ${classes.length} different value(s)`,
    `A class to predict has 2 to ${MAXIMUM_VALUES}; name another column.`,
  )
}

/** The rows as inputs, labels and clients. */
export function encodeTable(
  table: Table,
  encoding: TableEncoding,
  options: TableOptions,
  path: string,
): Examples {
  const width = encoding.columns.reduce((sum, column) => sum + widthOf(column), 0)
  const count = table.rows.length
  if (count * width * 4 > MAXIMUM_INPUT_BYTES) {
    throw new DataFileError(
      path,
      `${count} rows × ${width} inputs are more than ${MAXIMUM_INPUT_BYTES} bytes`,
      'Ignore the columns with the most values.',
    )
  }
  const inputs = new Float32Array(count * width)
  let offset = 0
  for (const column of encoding.columns) {
    encodeColumn(column, table, options, { inputs, offset, width }, path)
    offset += widthOf(column)
  }
  const labels = encodeLabels(table, encoding, options, path)
  const client = options.client === undefined ? -1 : table.columns.indexOf(options.client)
  return {
    count,
    inputs,
    inputShape: [width],
    labels,
    ...(client >= 0 && { clients: numberClients(table, client) }),
  }
}

function encodeColumn(
  column: ColumnEncoding,
  table: Table,
  options: TableOptions,
  target: { readonly inputs: Float32Array; readonly offset: number; readonly width: number },
  path: string,
): void {
  const at = table.columns.indexOf(column.name)
  const index =
    column.kind === 'category' ? new Map(column.values.map((value, i) => [value, i])) : new Map()
  table.rows.forEach((row, i) => {
    const field = row[at]
    if (field === undefined || options.missing.includes(field)) return
    const start = i * target.width + target.offset
    if (column.kind === 'category') {
      const value = index.get(field)
      if (value !== undefined) target.inputs[start + value] = 1
      return
    }
    const number = toNumber(field)
    if (!Number.isFinite(number)) {
      throw new DataFileError(
        path,
        `data row ${i + 1} has "${field}" in column "${column.name}", which holds numbers`,
        'Correct the field, or add it to `missing` in the job.',
      )
    }
    target.inputs[start] = (number - column.mean) / column.deviation
  })
}

function encodeLabels(
  table: Table,
  encoding: TableEncoding,
  options: TableOptions,
  path: string,
): Int32Array {
  const at = table.columns.indexOf(options.label)
  const index = new Map(encoding.classes.map((value, i) => [value, i]))
  return Int32Array.from(table.rows, (row, i) => {
    const field = row[at]!
    if (options.positive !== undefined) return options.positive.includes(field) ? 1 : 0
    const value = index.get(field)
    if (value !== undefined) return value
    throw new DataFileError(
      path,
      `data row ${i + 1} has the label "${field}", which is none of ${encoding.classes.slice(0, 10).join(', ')}`,
      'Correct the row, or add the value to `classes` in the job.',
    )
  })
}

function numberClients(table: Table, at: number): Int32Array {
  const index = new Map<string, number>()
  return Int32Array.from(table.rows, (row) => {
    const client = row[at]!
    if (!index.has(client)) index.set(client, index.size)
    return index.get(client)!
  })
}

function widthOf(column: ColumnEncoding): number {
  return column.kind === 'number' ? 1 : column.values.length
}

/** NaN for anything but a decimal number: `Number` alone takes '' and '0x10'. */
function toNumber(field: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field) ? Number(field) : Number.NaN
}
