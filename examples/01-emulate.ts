/**
 * Eight nodes that each know two to four of ten classes learn all ten together: once sharing their models, once alone.
 * Nothing but the command line and its JSON (docs/json.md) is used, so this could be written in any language.
 *
 *     node daemon/bootstrap.mjs examples/01-emulate.ts [--set KEY=VALUE …]
 */
import type { RunResult } from '../src/learning/index.ts'
import { ask, here } from './starling.ts'

const words = ['emulate', here('jobs/clusters.toml'), '--quiet', ...process.argv.slice(2)]
const together = ask<RunResult>(...words)
const alone = ask<RunResult>(...words, '--set', 'share.method=none')

console.log('round  together  alone')
for (const [i, { round, accuracy }] of together.curve.entries()) {
  const columns = [accuracy, alone.curve[i]!.accuracy].map((share) => share.toFixed(3).padStart(8))
  console.log(`${String(round).padStart(5)}${columns.join('')}`)
}
const { perNodePerRound } = together.bytes
console.log(`Each node sent ${Math.round(perNodePerRound)} bytes a round.`)
