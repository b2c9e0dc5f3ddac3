/** The command line as the examples use it: in a process of its own, as a shell would run it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../daemon/main.ts', import.meta.url))

// Ctrl-C ends the command that runs; the example then ends by its failure, and stops the daemons that it started.
process.on('SIGINT', () => {})

/** Runs `starling WORDS` to its end and returns what it printed; progress and errors go to the terminal. */
export function starling(...words: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`starling ${words.join(' ')} ended with status ${status}`)
  return stdout
}

/** Runs a command with `--json` and returns its document; docs/json.md describes them all. */
export function ask<Document>(...words: readonly string[]): Document {
  return JSON.parse(starling(...words, '--json')) as Document
}

/** The path of a file beside the examples, wherever they are run from. */
export function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
