/** Append-only files of one JSON value a line. A line that a crash has torn or spoilt is left out when reading. */
import { appendFile, readFile, truncate } from 'node:fs/promises'

export interface JsonLines<T> {
  append(...values: readonly T[]): Promise<void>
  readAll(): Promise<T[]>
}

/** Appends are written in the order of the calls. */
export function openJsonLines<T>(path: string): JsonLines<T> {
  let last: Promise<unknown> = endLastLine(path)
  return {
    append(...values) {
      const text = values.map((value) => `${JSON.stringify(value)}\n`).join('')
      const done = last.then(() => appendFile(path, text))
      last = done.catch(() => {})
      return done
    },
    async readAll() {
      await last
      const text = await readText(path)
      return text.split('\n').flatMap((line) => parseLine<T>(line))
    },
  }
}

/** Empty for a line that is no JSON: one lost report must not cost the run. */
function parseLine<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T]
  } catch {
    return []
  }
}

/** A crash in the middle of a write leaves half a line, which would spoil the next one too: cut it off. */
async function endLastLine(path: string): Promise<void> {
  const text = await readText(path)
  if (text === '' || text.endsWith('\n')) return
  await truncate(path, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)))
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
}
