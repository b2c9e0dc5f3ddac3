/** The command line as the examples use it: each command a process of its own, as a shell would run it. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../daemon/main.ts', import.meta.url))

// Ctrl-C ends the command under way; the example then ends by that failure, and stops the daemons it has started.
process.on('SIGINT', () => {})

/** Runs `starling WORDS` to its end; what it prints goes to the terminal. */
export function starling(...words: readonly string[]): void {
  run(words, 'inherit')
}

/** Runs a command with `--json` and returns its document; docs/json.md describes them all. */
export function ask<Document>(...words: readonly string[]): Document {
  return JSON.parse(run([...words, '--json'], 'pipe')) as Document
}

/** The path of a file beside the examples, wherever they are run from. */
export function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function run(words: readonly string[], stdout: 'inherit' | 'pipe'): string {
  const outcome = spawnSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'inherit'],
  })
  if (outcome.status === 0) return outcome.stdout
  throw new Error(`starling ${words.join(' ')} ended with status ${outcome.status}`)
}
