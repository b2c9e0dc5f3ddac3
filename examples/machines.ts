/** Several machines on one desk: a data directory each, so an identity and a daemon each, processes of their own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, starling } from './starling.ts'

export interface Machine {
  /** Types a command on this machine; what it prints goes to the terminal. */
  type(...words: readonly string[]): void
  /** Types a command and returns its JSON document. */
  ask<Document>(...words: readonly string[]): Document
}

/** Keeps the daemons to this computer. Real machines need neither setting. */
const settings = {
  STARLING_NETWORK_LISTEN: '/ip4/127.0.0.1/tcp/0',
  STARLING_NETWORK_MDNS: 'false',
}

/** Lends `use` two machines and a folder; in the end stops their daemons and removes everything. */
export function withTwoMachines(
  names: readonly [string, string],
  use: (first: Machine, second: Machine, folder: string) => void,
): void {
  Object.assign(process.env, settings)
  const folder = mkdtempSync(join(tmpdir(), 'starling-'))
  const [first, second] = names
  const machines = [
    machine(first, join(folder, first)),
    machine(second, join(folder, second)),
  ] as const
  try {
    use(...machines, folder)
  } finally {
    for (const { type } of machines) {
      try {
        type('down')
      } catch {
        // It had not started; the command has said so.
      }
    }
    rmSync(folder, { recursive: true })
  }
}

function machine(name: string, directory: string): Machine {
  const echo = (words: readonly string[]) => console.log(`\n${name}$ starling ${words.join(' ')}`)
  return {
    type(...words) {
      echo(words)
      starling('--dir', directory, ...words)
    },
    ask<Document>(...words: readonly string[]) {
      echo([...words, '--json'])
      return ask<Document>('--dir', directory, ...words)
    },
  }
}
