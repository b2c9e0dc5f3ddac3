/** CSV as in RFC 4180: quoted fields, doubled quotes, either line ending; empty lines are skipped. */
import { DataFileError } from '../errors.ts'
import type { SourceFile } from './definition.ts'

export interface Table {
  readonly columns: readonly string[]
  /** Every row has one field a column; fields are trimmed unless quoted. */
  readonly rows: readonly (readonly string[])[]
}

/** A wide table is a mistake in the separator, or one-hot columns that should be one column of categories. */
const MAXIMUM_COLUMNS = 10_000

/**
 * Reads a table whose first row names its columns, or one without header where `columns` are given.
 * @throws {DataFileError} for bytes that are no UTF-8, an open quote, a row of another length, or no rows.
 */
export function parseTable(
  file: SourceFile,
  options: {
    readonly separator: string
    readonly columns: readonly string[] | null
    /** Lines that start with this are comments. @default none */
    readonly comment?: string
  },
): Table {
  const lines = records(file, options.separator, options.comment)
  const columns = options.columns ?? lines.shift()
  if (columns === undefined || lines.length === 0) {
    throw new DataFileError(file.path, 'it has no rows', 'Put a CSV file with data there.')
  }
  if (columns.length > MAXIMUM_COLUMNS) {
    throw new DataFileError(
      file.path,
      `it has ${columns.length} columns and at most ${MAXIMUM_COLUMNS} are read`,
      'Check the separator, or leave columns out.',
    )
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new DataFileError(file.path, `two columns are called "${twice}"`, 'Rename one of them.')
  }
  const odd = lines.findIndex((row) => row.length !== columns.length)
  if (odd >= 0) {
    throw new DataFileError(
      file.path,
      `data row ${odd + 1} has ${lines[odd]!.length} fields instead of ${columns.length}`,
      'Check that row, and the separator.',
    )
  }
  return { columns, rows: lines }
}

function records(file: SourceFile, separator: string, comment: string | undefined): string[][] {
  const text = decode(file)
  const result: string[][] = []
  for (let at = 0; at < text.length; ) {
    if (comment !== undefined && text.startsWith(comment, at)) {
      at = lineEnd(text, at) + 1
      continue
    }
    const { fields, next } = record(text, at, separator, file.path)
    if (fields.length > 1 || fields[0] !== '') result.push(fields)
    at = next
  }
  return result
}

/** The fields of the record at `at`, and where the next one starts. */
function record(text: string, at: number, separator: string, path: string) {
  const end = lineEnd(text, at)
  const line = text.slice(at, end)
  if (!line.includes('"')) {
    return { fields: line.split(separator).map((field) => field.trim()), next: end + 1 }
  }
  const fields: string[] = []
  let position = at
  for (;;) {
    while (text[position] === ' ') position++
    let field: string
    if (text[position] === '"') {
      const close = closingQuote(text, position + 1)
      if (close < 0) {
        throw new DataFileError(
          path,
          `the quote opened at character ${position} is never closed`,
          'Close it, or write a quote inside a quoted field twice.',
        )
      }
      field = text.slice(position + 1, close).replaceAll('""', '"')
      position = close + 1
      while (text[position] === ' ' || text[position] === '\r') position++
    } else {
      let stop = position
      while (stop < text.length && text[stop] !== separator && text[stop] !== '\n') stop++
      field = text.slice(position, stop).trim()
      position = stop
    }
    fields.push(field)
    if (text[position] !== separator) break
    position++
  }
  if (position < text.length && text[position] !== '\n') {
    throw new DataFileError(
      path,
      `a closed quote is followed by "${text[position]}" at character ${position}`,
      'Write a quote inside a quoted field twice.',
    )
  }
  return { fields, next: position + 1 }
}

function closingQuote(text: string, from: number): number {
  let close = text.indexOf('"', from)
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2)
  return close
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

function decode({ path, bytes }: SourceFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DataFileError(path, 'it is not UTF-8 text', 'Convert it to UTF-8.')
  }
}
