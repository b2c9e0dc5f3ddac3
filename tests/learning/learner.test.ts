import { describe, expect, it } from 'vitest'
import { buildDataset, createPartition } from '../../src/data/index.ts'
import { VirtualClock } from '../../src/emulation/virtual-clock.ts'
import {
  type Exchange,
  type ExchangeOutcome,
  initialState,
  type Job,
  type LearnerInit,
  type LearnerState,
  learn,
  type RoundReport,
} from '../../src/learning/index.ts'
import { createModel } from '../../src/model/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import type { Payload, SharingStrategy } from '../../src/sharing/interface.ts'
import { createTopology } from '../../src/topology/index.ts'
import { inClear } from '../support/in-clear.ts'
import { linearEngine } from '../support/linear-engine.ts'
import { smallJob } from '../support/small-job.ts'

const job = smallJob({
  'train.momentum': 0.9,
  'train.slowMomentum': 0.4,
  'train.schedule': { kind: 'cosine' },
})

/** Full sharing that also keeps a memory: half of what it last sent. */
const withMemory: SharingStrategy<Float32Array> = {
  name: 'with-memory',
  init: (parameters) => new Float32Array(parameters.length),
  *round(parameters, memory, { targets, weightOf }) {
    const values = parameters.map((x, i) => x + memory[i]! / 2)
    const payload: Payload = { domain: 'parameters', values }
    const inbox = yield { outbox: new Map(targets.map((target) => [target, payload])) }
    const mixed = parameters.slice()
    for (const [source, payload] of inbox) {
      const { values: theirs } = inClear(payload)
      for (let i = 0; i < mixed.length; i++) {
        mixed[i]! += weightOf(source) * (theirs[i]! - parameters[i]!)
      }
    }
    return { parameters: mixed, state: values.map((x, i) => x - parameters[i]! / 2) }
  },
}

/** Neighbours that answer with values drawn from (round, source), some of them not at all. */
function scriptedExchange(
  log: number[] = [],
  majority: (round: number) => number | null = () => null,
) {
  let current = 0
  const exchange: Exchange = {
    majorityRound: () => majority(current),
    async exchange(round, _phase, outbox, sources) {
      current = round + 1
      log.push(round)
      const [first] = outbox.values()
      const size = first === undefined ? 0 : inClear(first).values.length
      const heard = sources.filter((source) => (round + source) % 4 !== 0)
      const inbox = new Map(
        heard.map((source): [number, Payload] => {
          const random = randomStream('script', round, source)
          const values = Float32Array.from({ length: size }, () => random.normal() / 10)
          return [source, { domain: 'parameters', values }]
        }),
      )
      const missing: ExchangeOutcome['missing'] = sources
        .filter((source) => !heard.includes(source))
        .map((rank) => ({ rank, reason: 'late' }))
      const bytes = { sent: 1, received: 2, values: 1, indices: 0, overhead: 0 }
      return {
        inbox,
        missing,
        bytes,
        skipped: [],
        quorumMissed: false,
        seconds: { encode: 0, wait: 1 },
      }
    },
  }
  return exchange
}

async function createInit(exchange: Exchange, of: Job = job): Promise<LearnerInit> {
  const dataset = buildDataset(of.data)
  const { momentum } = of.train
  const engine = linearEngine()
  const model = await engine.load(
    createModel(of.model, dataset),
    { kind: 'sgd', momentum },
    dataset,
  )
  const topology = createTopology(of.topology, { nodes: of.nodes, seed: of.seed })
  const parts = createPartition(of.partition, {
    examples: dataset.train,
    nodes: of.nodes,
    seed: of.seed,
  })
  return {
    job: of,
    rank: 2,
    engine: {
      layout: model.layout,
      optimiserStateSize: model.optimiserStateSize,
      train: async (each) => (await model.train([each]))[0]!,
      evaluate: async (each) => (await model.evaluate([each]))[0]!,
    },
    strategy: withMemory,
    topologyAt: () => topology,
    examples: parts[2]!,
    exchange,
    clock: new VirtualClock(),
    state: initialState(of, model, withMemory),
  }
}

async function run(init: LearnerInit, rounds = Number.POSITIVE_INFINITY) {
  const reports: RoundReport[] = []
  let { state } = init
  for await (const step of learn(init)) {
    reports.push(step.report)
    state = step.state
    if (reports.length === rounds) break
  }
  return { reports, state }
}

describe('learner', () => {
  it('goes on from a checkpoint with the same bits', async () => {
    const init = await createInit(scriptedExchange())
    const straight = await run(init)
    const half = await run(init, 5)
    const checkpoint: LearnerState = structuredClone(half.state)
    const resumed = await run({ ...init, state: checkpoint })
    expect(straight.reports.length).toBe(10)
    expect(resumed.state).toEqual(straight.state)
    expect([...half.reports, ...resumed.reports]).toEqual(straight.reports)
  })

  it('takes no local step in rounds that only average', async () => {
    const skipping = smallJob({ 'train.skip': { train: 2, sync: 1 } })
    const { reports, state } = await run(await createInit(scriptedExchange(), skipping))
    const trained = reports.filter(({ trainLoss }) => trainLoss !== null)
    expect(trained.map(({ round }) => round)).toEqual([0, 1, 3, 4, 6, 7, 9])
    expect(state.steps).toBe(7 * skipping.train.localSteps)
  })

  it('mutates neither its state nor what it is given', async () => {
    const init = await createInit(scriptedExchange())
    const before = structuredClone(init.state)
    const { state } = await run(init, 3)
    const then = structuredClone(state)
    await run({ ...init, state })
    expect(init.state).toEqual(before)
    expect(state).toEqual(then)
  })

  it('reports each round: who was missing, bytes, losses, evaluation where due', async () => {
    const { reports } = await run(await createInit(scriptedExchange()))
    expect(reports.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const report of reports) {
      const { neighbours } = report
      expect(neighbours.expected).toBe(3)
      expect(neighbours.heard + neighbours.missing.length).toBe(3)
      expect(report.trainLoss).toBeGreaterThan(0)
      const due = report.round === 4 || report.round === 9
      expect(report.accuracy !== null).toBe(due)
      expect(report.neighbourDistance !== null).toBe(due)
      expect(report.caughtUpFrom).toBeNull()
      expect(report.bytes.sent).toBe(1)
    }
  })

  it('starts with a neighbour’s model where one is ahead, and nothing of its own', async () => {
    const init = await createInit(scriptedExchange())
    const { state: behind } = await run(init, 3)
    const parameters = new Float32Array(init.engine.layout.size).fill(0.5)
    const asked: number[] = []
    const catchUp = async (round: number) => {
      asked.push(round)
      return { round: 6, parameters, from: 3 }
    }
    const { reports, state } = await run({ ...init, state: behind, catchUp })
    expect(asked).toEqual([3])
    expect(reports.map(({ round }) => round)).toEqual([6, 7, 8, 9])
    expect(reports.map(({ caughtUpFrom }) => caughtUpFrom)).toEqual([3, null, null, null])
    expect(state.round).toBe(10)
    const direct = {
      ...init.state,
      round: 6,
      parameters,
    }
    expect((await run({ ...init, state: direct })).state).toEqual(state)
  })

  it('asks its neighbours when their majority is two rounds ahead, not at one', async () => {
    const asked: number[] = []
    const ahead = scriptedExchange([], (round) => (round === 3 ? 5 : round + 1))
    const init = await createInit(ahead)
    const catchUp = async (round: number) => {
      asked.push(round)
      return null
    }
    const { reports } = await run({ ...init, catchUp })
    expect(asked).toEqual([0, 3])
    expect(reports.length).toBe(10)
  })

  it('runs the last round even where everybody has finished', async () => {
    const init = await createInit(scriptedExchange())
    const parameters = new Float32Array(init.engine.layout.size)
    const catchUp = async () => ({ round: 10, parameters, from: 1 })
    const { reports } = await run({ ...init, catchUp })
    expect(reports.map(({ round }) => round)).toEqual([9])
    expect(reports[0]!.accuracy).not.toBeNull()
  })

  it('exchanges nothing where the strategy sends nothing', async () => {
    const expected: number[] = []
    const init = await createInit({
      async exchange(_round, _phase, _outbox, sources) {
        expected.push(...sources)
        const bytes = { sent: 0, received: 0, values: 0, indices: 0, overhead: 0 }
        const seconds = { encode: 0, wait: 0 }
        return { inbox: new Map(), missing: [], bytes, skipped: [], quorumMissed: false, seconds }
      },
    })
    const silent: SharingStrategy = {
      name: 'silent',
      init: () => null,
      *round(parameters) {
        yield { outbox: new Map(), expects: [] }
        return { parameters, state: null }
      },
    }
    await run({ ...init, strategy: silent, state: { ...init.state, sharing: null } })
    expect(expected).toEqual([])
  })

  it('stops with the reason of its signal', async () => {
    const init = await createInit(scriptedExchange())
    const signal = AbortSignal.abort(new Error('stop'))
    await expect(learn(init, { signal }).next()).rejects.toThrow('stop')
  })
})
