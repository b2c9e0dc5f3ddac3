/** `npm run bench -- NAME [--json]`: measures and prints a table, or one JSON document. */
import { parseArgs } from 'node:util'
import type { Bench, Row } from './bench.ts'

/** Every benchmark, loaded only when asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  engine: async () => (await import('./engine.ts')).engine,
  emulation: async () => (await import('./emulation.ts')).emulation,
  ping: async () => (await import('./ping.ts')).ping,
  'engine-memory': async () => (await import('./engine-memory.ts')).engineMemory,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const name = positionals[0] ?? ''
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (load === undefined) {
  console.error(
    `usage: npm run bench -- NAME [--json], NAME one of: ${Object.keys(BENCHES).join(', ')}`,
  )
  process.exitCode = 2
} else {
  const bench = await load()
  const rows = await bench((line) => console.error(line))
  if (values.json) console.log(JSON.stringify({ name, rows }))
  else console.log(table(rows))
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
