/**
 * One job in fair and foul weather: messages are lost, some nodes compute ten times slower, nodes leave and come back.
 * A missing neighbour costs its weight, never the round; what trouble costs is time. It is virtual time, so waiting takes
 * none of ours, and all trouble follows from the seed, so it comes again in the same way.
 *
 *     node daemon/bootstrap.mjs examples/06-trouble.ts [--set KEY=VALUE …]
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RoundReport, RunResult } from '../src/learning/index.ts'
import { ask, here, starling } from './starling.ts'

const troubles = {
  none: [],
  loss: ['emulation.loss=0.02'],
  stragglers: ['emulation.stragglers={ share = 0.25, slowdown = 10 }'],
  churn: ['emulation.churn={ leave = 0.05, rejoin = 0.3 }'],
}

const folder = mkdtempSync(join(tmpdir(), 'starling-trouble-'))
console.log('trouble     accuracy  neighbours missed  virtual time')
for (const [name, settings] of Object.entries(troubles)) {
  const out = join(folder, name)
  const sets = settings.flatMap((setting: string) => ['--set', setting])
  const words = ['--quiet', '--out', out, ...sets, ...process.argv.slice(2)]
  const { final, curve } = ask<RunResult>('emulate', here('jobs/clusters.toml'), ...words)
  console.log(
    name.padEnd(10),
    `${(100 * final.accuracy!.mean).toFixed(1)} %`.padStart(9),
    `${(100 * missedShare(out)).toFixed(1)} %`.padStart(18),
    `${curve.at(-1)!.seconds.toFixed(1)} s`.padStart(13),
  )
}
const report = join(folder, 'report.html')
starling('runs', 'plot', ...Object.keys(troubles).map((name) => join(folder, name)), '-o', report)
console.log(`Compared in ${report}`)

/** Of all models that nodes expected, the share that did not come in time; `metrics.jsonl` names each. */
function missedShare(run: string): number {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')
  const counts = lines.map((line) => (JSON.parse(line) as RoundReport).neighbours)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const expected = sum(counts.map((neighbours) => neighbours.expected))
  return sum(counts.map(({ missing }) => missing.length)) / expected
}
