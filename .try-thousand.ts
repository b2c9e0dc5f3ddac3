import { createEngine } from './src/engine/index.ts'
import { buildDataset } from './src/data/index.ts'
import { applyOverrides, parseJob } from './src/learning/index.ts'
import { emulate } from './src/emulation/index.ts'
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
const [file, workers, ...sets] = process.argv.slice(2)
const job = parseJob(applyOverrides(parse(readFileSync(file,'utf8')), sets))
const engine = await createEngine({ workers: Number(workers) })
const dataset = buildDataset(job.data)
let trainSeconds = 0, calls = 0
const timed = { ...engine, load: async (...args) => { const model = await engine.load(...args); return { ...model, train: async (...a) => { const t = performance.now(); const r = await model.train(...a); trainSeconds += (performance.now()-t)/1000; calls++; return r } } } }
const cpu0 = process.threadCpuUsage()
const { result } = await emulate({ job, engine: timed, dataset, ports: { wallClock: () => performance.now()/1000, peakMemory: () => process.resourceUsage().maxRSS*1024, turn: () => new Promise(r => setImmediate(r)) } })
const cpu = process.threadCpuUsage(cpu0); console.log("main thread cpu s", (cpu.user+cpu.system)/1e6, "user", cpu.user/1e6)
console.log(JSON.stringify({...result, curve: undefined}), 'train', trainSeconds, 'calls', calls, 'load', (await import('node:os')).loadavg())
await engine.dispose()
