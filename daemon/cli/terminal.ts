/**
 * The two streams of a command. Standard output carries the answer (with --json exactly one document, or one a
 * line); progress, hints and errors go to standard error, so that a script can pipe the one and a person sees both.
 */
import { styleText } from 'node:util'

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** One JSON document on one line, so that documents and streams of them look alike. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`)
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

type Style = Parameters<typeof styleText>[0]

/** Coloured on a terminal, plain elsewhere and where NO_COLOR is set. */
export function paint(
  style: Style,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream })
}

/**
 * Rows under a header, columns padded to their widest cell.
 * @param right indices of columns of numbers, set to the right
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const widths = header.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [paint('bold', line(header)), ...rows.map(line)].join('\n')
}

/** `key  value` lines, keys padded to the longest. */
export function facts(pairs: readonly (readonly [key: string, value: string])[]): string {
  const width = Math.max(...pairs.map(([key]) => key.length))
  return pairs.map(([key, value]) => `${paint('dim', key.padEnd(width))}  ${value}`).join('\n')
}
