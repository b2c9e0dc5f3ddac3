/** `npm run bench -- NAME [--json]`: measures and prints a table, or one JSON document. */
import { parseArgs } from 'node:util'
import type { Bench, Row } from './bench.ts'

interface Entry {
  readonly about: string
  /** Loaded only when asked for. */
  load(): Promise<Bench>
}

const BENCHES: Readonly<Record<string, Entry>> = {
  attacks: {
    about: 'how much a curious neighbour finds, by how coefficients are shared',
    load: async () => (await import('./attacks.ts')).attacks,
  },
  engine: {
    about: 'a training step of each model on each backend, beside PyTorch where found',
    load: async () => (await import('./engine.ts')).engine,
  },
  'engine-memory': {
    about: 'what 10,000 training steps leave behind in memory',
    load: async () => (await import('./engine-memory.ts')).engineMemory,
  },
  emulation: {
    about: 'node-rounds a second and memory of 64 to 1,024 emulated nodes',
    load: async () => (await import('./emulation.ts')).emulation,
  },
  masks: {
    about: 'what masking costs a node a round and an epoch, beside its floor',
    load: async () => (await import('./masks.ts')).masks,
  },
  ping: {
    about: 'round trips between two nodes while both train',
    load: async () => (await import('./ping.ts')).ping,
  },
  sharing: {
    about: 'what a round of JWINS computes beside training, and the floor of each kernel',
    load: async () => (await import('./sharing.ts')).sharing,
  },
}

const USAGE = [
  'usage: npm run bench -- NAME [--json]',
  '',
  ...Object.entries(BENCHES).map(([name, { about }]) => `  ${name.padEnd(15)}${about}`),
].join('\n')

/** What was asked for; the reason where it cannot be had. */
function parse(args: readonly string[]): { name: string; json: boolean } | 'help' | Error {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return 'help'
    const [name, ...more] = positionals
    if (name === undefined) return new Error('No benchmark was named.')
    if (more.length > 0) return new Error('One benchmark at a time.')
    if (!Object.hasOwn(BENCHES, name)) return new Error(`There is no benchmark "${name}".`)
    return { name, json: values.json === true }
  } catch (error) {
    return error as Error
  }
}

const asked = parse(process.argv.slice(2))
if (asked === 'help') {
  console.log(USAGE)
} else if (asked instanceof Error) {
  console.error(`${asked.message}\n\n${USAGE}`)
  process.exitCode = 2
} else {
  const { name, json } = asked
  const bench = await BENCHES[name]!.load()
  const rows = await bench((line) => console.error(line))
  console.log(json ? JSON.stringify({ name, rows }) : table(rows))
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.case,
    `${row.value} ${row.unit}`,
    row.floor === undefined ? '' : `${row.ratio} × ${row.floor}`,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((line) => line[column]!.length)))
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
