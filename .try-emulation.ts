import { createEngine } from '/work/main/src/engine/index.ts'
import { buildDataset } from '/work/main/src/data/index.ts'
import { parseJob } from '/work/main/src/learning/index.ts'
import { emulate } from '/work/main/src/emulation/index.ts'
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
const job0 = parse(readFileSync('/work/main/examples/jobs/clusters.toml','utf8'))
const seeds = process.argv.slice(2).map(Number)
const engine = await createEngine({ workers: 1 })
console.log(engine.info)
for (const seed of seeds) {
  const job = parseJob({ ...job0, seed })
  const dataset = buildDataset(job.data)
  const { result } = await emulate({ job, engine, dataset, ports: { wallClock: () => performance.now()/1000, peakMemory: () => process.resourceUsage().maxRSS*1024, turn: () => new Promise(r => setImmediate(r)) } })
  console.log(seed, result.final, result.wallSeconds, result.nodeRoundsPerSecond, result.bytes, result.consensusDistance, result.parametersSha256)
}
await engine.dispose()
