/**
 * The emulator on `examples/jobs/thousand.toml` at 64, 256 and 1,024 nodes: as many node-rounds each, so that what is
 * paid once weighs the same. Floors are the engine's training alone, and the promised and the reference's rates.
 */
import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { batchIndices, buildDataset, createPartition } from '../../src/data/index.ts'
import { emulate } from '../../src/emulation/index.ts'
import { createEngine, type Engine } from '../../src/engine/index.ts'
import { applyOverrides, type Job, parseJob } from '../../src/learning/index.ts'
import { createModel, initialParameters } from '../../src/model/index.ts'
import { ports } from '../support/emulation.ts'
import { type Bench, type Row, row } from './bench.ts'

const JOB = new URL('../../examples/jobs/thousand.toml', import.meta.url)
const NODE_ROUNDS = 20 * 1024
const SIZES = [64, 256, 1024]
/** Sizes take turns and the best counts: other work on the machine slows a run, nothing speeds it up. */
const REPEATS = 2
const TRAINING_CALLS = 10

/** DecentralizePy on two cores: eight processes take about 0.04 s a round with this model. */
const REFERENCE = 200
/** What `starling emulate` promises on two cores. */
const PROMISED = 2000
const GIBIBYTE = 2 ** 30

export const emulation: Bench = async (say) => {
  const rows: Row[] = []
  const rates: number[] = []
  const engine = await createEngine({ workers: 2 })
  try {
    say('warming up')
    await measure(engine, jobOf(64, 20))
    const best = new Map<number, number>()
    for (let repeat = 1; repeat <= REPEATS; repeat++) {
      for (const nodes of SIZES) {
        const rounds = NODE_ROUNDS / nodes
        say(`${nodes} nodes, ${rounds} rounds, ${repeat} of ${REPEATS}`)
        const rate = await measure(engine, jobOf(nodes, rounds))
        best.set(nodes, Math.max(rate, best.get(nodes) ?? 0))
      }
    }
    for (const [nodes, rate] of best) {
      const training = await measureTraining(engine, jobOf(nodes, 1))
      rows.push(row(`${nodes} nodes`, rate, 'node-rounds/s', training))
      rates.push(rate)
    }
    const largest = rates.at(-1)!
    rows.push(row('1,024 nodes against the promise', largest, 'node-rounds/s', PROMISED))
    rows.push(row('1,024 nodes against DecentralizePy', largest, 'node-rounds/s', REFERENCE))
    rows.push(row('time per node-round, 1,024 nodes against 64', 1 / largest, 's', 1 / rates[0]!))
    rows.push(row('peak memory', ports.peakMemory() / GIBIBYTE, 'GiB', 3))
  } finally {
    await engine.dispose()
  }
  return rows
}

function jobOf(nodes: number, rounds: number): Job {
  const overrides = [`nodes=${nodes}`, `train.rounds=${rounds}`, `eval.every=${rounds}`]
  return parseJob(applyOverrides(parse(readFileSync(JOB, 'utf8')), overrides))
}

async function measure(engine: Engine, job: Job): Promise<number> {
  const dataset = buildDataset(job.data)
  const { result } = await emulate({ job, engine, dataset, ports })
  return result.nodeRoundsPerSecond!
}

/** Node-rounds per second of the engine alone: one round's training of all nodes in one call. */
async function measureTraining(engine: Engine, job: Job): Promise<number> {
  const { nodes, seed } = job
  const { localSteps, batch, lr, optimiser: kind } = job.train
  const dataset = buildDataset(job.data)
  const parts = createPartition(job.partition, { examples: dataset.train, nodes, seed })
  const model = await engine.load(createModel(job.model, dataset), { kind }, dataset)
  const jobs = parts.map((examples, rank) => ({
    parameters: initialParameters(model.layout, seed),
    optimiserState: new Float32Array(model.optimiserStateSize),
    stepsBefore: 0,
    examples: batchIndices({ seed, rank, round: 0, localSteps, batch, examples }),
    batchSize: batch,
    learningRates: new Float32Array(localSteps).fill(lr),
  }))
  let fastest = Number.POSITIVE_INFINITY
  for (let call = 0; call < TRAINING_CALLS; call++) {
    const start = ports.wallClock()
    await model.train(jobs)
    fastest = Math.min(fastest, ports.wallClock() - start)
  }
  await model.dispose()
  return nodes / fastest
}
