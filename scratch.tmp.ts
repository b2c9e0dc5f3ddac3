import { emulate } from './src/emulation/index.ts'
import { createEngine } from './src/engine/index.ts'
import { parseJob } from './src/learning/index.ts'
import { loadDataset } from './daemon/data/index.ts'
const over = JSON.parse(process.argv[2]!)
const job = parseJob(over)
const workers = Number(process.argv[3] ?? 2)
const dataset = await loadDataset(job.data as never, { env: process.env } as never)
const engine = await createEngine({ workers })
console.error(engine.info)
const t0 = performance.now()
const { result } = await emulate({ job, engine, dataset, ports: { wallClock: () => performance.now() / 1000, peakMemory: () => process.resourceUsage().maxRSS * 1024, turn: () => new Promise((r) => setImmediate(r)) } } as never)
const { curve, ...rest } = result
console.log(JSON.stringify(rest), curve.filter((_, i) => i % Math.ceil(curve.length / 10) === 0 || i === curve.length - 1).map((c) => `${c.round}:${(c.accuracy * 100).toFixed(2)}`).join(' '), (performance.now() - t0) / 1000)
await engine.dispose()
