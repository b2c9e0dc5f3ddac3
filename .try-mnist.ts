import { createEngine } from './src/engine/index.ts'
import { buildDataset, datasetNeeds } from './src/data/index.ts'
import { applyOverrides, parseJob } from './src/learning/index.ts'
import { emulate } from './src/emulation/index.ts'
import { readFileSync, existsSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'smol-toml'
const [file, folder, ...sets] = process.argv.slice(2)
const job = parseJob(applyOverrides(parse(readFileSync(file,'utf8')), sets))
const needs = datasetNeeds(job.data); const files = new Map()
if (needs.kind === 'files') for (const f of needs.files) { const path = f.names.map(n => `/work/shared/data/${folder}/${n}.gz`).find(existsSync); if (path) files.set(f.key, { path, bytes: gunzipSync(readFileSync(path)) }) }
const dataset = buildDataset(job.data, files)
const engine = await createEngine({ workers: 1 })
let seen = 0
const { result } = await emulate({ job, engine, dataset, onProgress: ({curve}) => { if (curve.length > seen) { seen = curve.length; const p = curve.at(-1); if (process.env.V) console.log(p.round, p.accuracy.toFixed(4), p.accuracyMin.toFixed(4), p.loss.toFixed(4), p.trainLoss?.toFixed(4)) } }, ports: { wallClock: () => performance.now()/1000, peakMemory: () => process.resourceUsage().maxRSS*1024, turn: () => new Promise(r => setImmediate(r)) } })
console.log(sets.join(' '), JSON.stringify(result.final), 'wall', result.wallSeconds, 'rss', result.peakRssBytes/2**20)
await engine.dispose()
