/** Two machines on one desk: two data directories, so two identities and two daemons, each a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { starling } from './starling.ts'

/** Types a command on one machine: shows it, and returns what it printed. */
export type Machine = (...words: readonly string[]) => string

/** Only this computer is to reach them. Real machines need neither: they listen everywhere and find each other. */
const settings = {
  STARLING_NETWORK_LISTEN: '/ip4/127.0.0.1/tcp/0',
  STARLING_NETWORK_MDNS: 'false',
}

/** Gives `use` two machines, and afterwards stops their daemons and removes their directories. */
export function withTwoMachines(use: (a: Machine, b: Machine, folder: string) => void): void {
  Object.assign(process.env, settings)
  const folder = mkdtempSync(join(tmpdir(), 'starling-'))
  const machine =
    (name: string): Machine =>
    (...words) => {
      console.log(`\n${name}$ starling ${words.join(' ')}`)
      return starling('--dir', join(folder, name), ...words)
    }
  const [a, b] = [machine('a'), machine('b')]
  try {
    use(a, b, folder)
  } finally {
    for (const each of [a, b]) console.log(each('down').trimEnd())
    rmSync(folder, { recursive: true })
  }
}
