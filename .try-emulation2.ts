import { linearEngine } from './tests/support/linear-engine.ts'
import { buildDataset } from './src/data/index.ts'
import { parseJob, applyOverrides } from './src/learning/index.ts'
import { emulate } from './src/emulation/index.ts'
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
const job0 = applyOverrides(parse(readFileSync('examples/jobs/clusters.toml','utf8')), ['model.hidden=[]', ...process.argv.slice(2)])
const engine = linearEngine()
const job = parseJob(job0)
const dataset = buildDataset(job.data)
const { result } = await emulate({ job, engine, dataset, ports: { wallClock: () => performance.now()/1000, peakMemory: () => process.resourceUsage().maxRSS*1024, turn: () => new Promise(r => setImmediate(r)) } })
console.log(result.final, result.curve.at(-1), result.wallSeconds, result.nodeRoundsPerSecond, result.bytes, result.consensusDistance, result.parametersSha256)
console.log(engine.trainCalls.length, Math.max(...engine.trainCalls))
