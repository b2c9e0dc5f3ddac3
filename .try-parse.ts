import { readFileSync, readdirSync } from 'node:fs'
import { parse } from 'smol-toml'
import { parseJob } from './src/learning/index.ts'
for (const f of readdirSync('examples/jobs')) { try { parseJob(parse(readFileSync('examples/jobs/'+f,'utf8'))); console.log(f,'ok') } catch (e) { console.log(f, e.message) } }
