/**
 * A thousand nodes in one process. Each is the learner of a daemon with a model and a part of the data of its own, yet
 * steps of many nodes are computed in one call, so that a node's round costs the same however many there are.
 *
 *     node daemon/bootstrap.mjs examples/07-thousand-nodes.ts [NODES …]
 */
import type { RunResult } from '../src/learning/index.ts'
import { ask, here } from './starling.ts'

const given = process.argv.slice(2)
const sizes = given.length > 0 ? given : ['64', '256', '1024']

console.log('nodes  accuracy  seconds  node-rounds/s  peak memory')
for (const nodes of sizes) {
  const words = ['--nodes', nodes, '--quiet']
  const result = ask<RunResult>('emulate', here('jobs/thousand.toml'), ...words)
  console.log(
    nodes.padStart(5),
    `${(100 * result.final.accuracy!.mean).toFixed(1)} %`.padStart(9),
    result.wallSeconds!.toFixed(2).padStart(8),
    result.nodeRoundsPerSecond!.toFixed(0).padStart(14),
    `${(result.peakRssBytes! / 1e6).toFixed(0)} MB`.padStart(12),
  )
}
