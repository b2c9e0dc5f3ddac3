/**
 * Who talks to whom: one job on four topologies, with Starling as a library. The better connected a graph (the larger
 * its spectral gap), the closer the nodes' models stay to each other, and the more it may cost in bytes. A new
 * random graph in every round gives much of the one at little of the other.
 *
 *     node daemon/bootstrap.mjs examples/05-topologies.ts [KEY=VALUE …]
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { parse } from 'smol-toml'
import { buildDataset } from '../src/data/index.ts'
import { emulate } from '../src/emulation/index.ts'
import { createEngine } from '../src/engine/index.ts'
import { applyOverrides, parseJob } from '../src/learning/index.ts'
import { formatBytes, formatPercent } from '../src/reporting/format.ts'
import { type RunReportData, renderReport } from '../src/reporting/index.ts'
import { createTopology, spectralGap } from '../src/topology/index.ts'
import { here } from './starling.ts'

const file = parse(readFileSync(here('jobs/clusters.toml'), 'utf8'))
const base = applyOverrides(file, ['nodes=16', ...process.argv.slice(2)])

/** The only things that an emulation asks of its machine. */
const ports = {
  wallClock: () => performance.now() / 1000,
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  turn: () => turn(),
}

const engine = await createEngine()
const runs: RunReportData[] = []
console.log('topology        accuracy  sent a round  distance  spectral gap')
for (const kind of ['ring', 'regular', 'random-regular', 'full']) {
  const degree = kind.endsWith('regular') ? ['topology.degree=4'] : []
  const job = parseJob(applyOverrides(base, [`topology.kind=${kind}`, ...degree]))
  const { result } = await emulate({ job, engine, dataset: buildDataset(job.data), ports })

  const { name, dynamic, graph } = createTopology(job.topology, job)
  const topology = {
    name,
    dynamic,
    graph: graph(0),
    spectralGap: spectralGap(graph(0), job.weights),
  }
  runs.push({ result, topology, label: kind })
  console.log(
    kind.padEnd(14),
    formatPercent(result.final.accuracy!.mean).padStart(9),
    formatBytes(result.bytes.perNodePerRound).padStart(13),
    result.consensusDistance!.toFixed(3).padStart(9),
    topology.spectralGap.toFixed(3).padStart(13),
  )
}
await engine.dispose()

const report = join(tmpdir(), 'starling-topologies.html')
writeFileSync(report, renderReport(runs))
console.log(`Compared in ${report}`)
