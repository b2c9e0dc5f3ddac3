import { describe, expect, it } from 'vitest'
import { buildDataset, createPartition } from '../../src/data/index.ts'
import { ConsensusTally } from '../../src/emulation/consensus-tally.ts'
import { DivergedError, type Engine, type TrainJob } from '../../src/engine/index.ts'
import type { RoundReport, RunResult } from '../../src/learning/index.ts'
import { consensusDistance } from '../../src/numeric/vector.ts'
import { literalGossip } from '../reference/literal-gossip.ts'
import { emulateJob } from '../support/emulation.ts'
import { linearEngine } from '../support/linear-engine.ts'
import { smallJob } from '../support/small-job.ts'
import { turn } from '../support/turn.ts'

/** The plain engine, refusing what has gone astray as the tensor engine does: one job of a call at a time. */
function divergingEngine(isAstray: (job: TrainJob) => boolean): Engine {
  const engine = linearEngine()
  return {
    ...engine,
    async load(...args) {
      const model = await engine.load(...args)
      return {
        ...model,
        async train(jobs) {
          const astray = jobs.findIndex(isAstray)
          if (astray !== -1) throw new DivergedError(astray, Number.NaN)
          return model.train(jobs)
        },
      }
    },
  }
}

describe('emulate', () => {
  it.each([0, 0.5])(
    'ends in the bits of D-PSGD written out as one loop, with slow momentum %d',
    async (slowMomentum) => {
      const job = smallJob({ 'train.slowMomentum': slowMomentum })
      const { parameters } = await emulateJob(job)
      const expected = await literalGossip(job)
      for (const [rank, vector] of expected.entries()) expect(parameters[rank]).toEqual(vector)
    },
  )

  it('learns together what nobody learns alone', async () => {
    const job = { 'train.rounds': 40, 'eval.every': 40 }
    const together = await emulateJob(smallJob(job))
    const alone = await emulateJob(smallJob({ ...job, 'share.method': 'none' }))
    expect(together.result.final.accuracy!.mean).toBeGreaterThan(
      alone.result.final.accuracy!.mean + 0.1,
    )
    expect(together.result.consensusDistance!).toBeLessThan(alone.result.consensusDistance! / 5)
    expect(alone.result.bytes.perNodePerRound).toBe(0)
  })

  it('reports what was asked for', async () => {
    const { result, parameters } = await emulateJob(
      smallJob({ 'share.method': 'full', 'share.values': 'float32' }),
    )
    expect(result).toMatchObject({ nodes: 8, rounds: 10, seed: 5, share: 'full' })
    expect(result.model).toEqual({ name: 'mlp', parameters: 28 })
    expect(result.curve.map(({ round }) => round)).toEqual([5, 10])
    const { perNodePerRound, values, indices, overhead } = result.bytes
    expect(values).toBe(3 * 4 * 28)
    expect(indices).toBe(0)
    expect(perNodePerRound).toBe(values + indices + overhead)
    expect(result.curve[1]!.bytes).toBeCloseTo(10 * perNodePerRound)
    expect(result.final.accuracy!.mean).toBe(result.curve[1]!.accuracy)
    expect(result.curve[1]!.consensusDistance).toBeCloseTo(consensusDistance(parameters), 6)
    expect(result.consensusDistance).toBe(consensusDistance(parameters))
    expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  it('gives the same bits for the same seed, others for another', async () => {
    const hash = async (overrides = {}) =>
      (await emulateJob(smallJob(overrides))).result.parametersSha256
    const first = await hash()
    expect(await hash()).toBe(first)
    expect(await hash({ seed: 6 })).not.toBe(first)
    // Time that makes nobody late changes no bit.
    expect(await hash({ 'emulation.latency': 0.2, 'emulation.jitter': 0.1 })).toBe(first)
    expect(await hash({ 'emulation.bandwidth': 10_000, 'emulation.stepSeconds': 1 })).toBe(first)
  })

  it('computes the nodes that wait in one engine call', async () => {
    const engine = linearEngine()
    await emulateJob(smallJob(), { engine })
    expect(engine.trainCalls).toEqual(new Array(10).fill(8))
  })

  it('needs few engine calls even where no two frames arrive at the same time', async () => {
    const engine = linearEngine()
    const jitter = { 'emulation.latency': 0.002, 'emulation.jitter': 0.001 }
    await emulateJob(smallJob({ ...jitter, 'emulation.stepSeconds': 0.1 }), { engine })
    expect(engine.trainCalls.length).toBeLessThan(25)
  })

  const trouble = {
    'emulation.loss': 0.2,
    'emulation.jitter': 0.05,
    'emulation.churn': { leave: 0.1, rejoin: 0.4 },
    'emulation.stragglers': { share: 0.25, slowdown: 20 },
    'limits.maxDeadline': 5,
    'limits.quorum': 0.5,
    'train.rounds': 30,
  }

  it('gets through loss, stragglers and churn, and does so the same way twice', async () => {
    const one = await emulateJob(smallJob(trouble))
    const other = await emulateJob(smallJob(trouble))
    expect(one.result.parametersSha256).toBe(other.result.parametersSha256)
    expect(one.result.curve.map(({ seconds }) => seconds)).toEqual(
      other.result.curve.map(({ seconds }) => seconds),
    )
    expect(one.result.final.accuracy!.mean).toBeGreaterThan(0.6)
  })

  it.each(['ring', 'full', 'star'])('runs on a %s', async (kind) => {
    const { result } = await emulateJob(smallJob({ 'topology.kind': kind }))
    expect(result.final.accuracy).not.toBeNull()
  })

  it.each([
    { kind: 'random-regular', degree: 3 },
    { kind: 'el-local', degree: 3 },
  ])('runs on a topology that changes each round, $kind', async (topology) => {
    const { result } = await emulateJob(smallJob({ topology, 'emulation.loss': 0.1 }))
    expect(result.final.accuracy!.mean).toBeGreaterThan(0.5)
  })

  it('misses a neighbour for a lost frame and for nothing else', async () => {
    const loss = 0.02
    const rounds = 200
    const reports: RoundReport[] = []
    const job = smallJob({
      'train.rounds': rounds,
      'eval.every': rounds,
      'emulation.loss': loss,
      'emulation.latency': 0.05,
      'emulation.jitter': 0.02,
      // Frames of one size: what is lost can be told from the bytes.
      'share.method': 'full',
      'share.values': 'float32',
    })
    const { result } = await emulateJob(job, { onReport: (report) => reports.push(report) })
    const sum = (of: (report: RoundReport) => number) =>
      reports.reduce((total, report) => total + of(report), 0)
    const missed = sum(({ neighbours }) => neighbours.missing.length)
    const sent = 8 * rounds * 3
    // Frames differ by the few bytes of their round number.
    const lost = sent - sum(({ bytes }) => bytes.received) / (result.bytes.perNodePerRound / 3)
    expect(lost / sent).toBeGreaterThan(0.6 * loss)
    expect(lost / sent).toBeLessThan(1.4 * loss)
    expect(missed).toBeGreaterThan(0.9 * lost)
    expect(missed).toBeLessThan(1.1 * lost)
  })

  it('brings a node that was away back with its neighbours’ model', async () => {
    const job = smallJob({ 'emulation.churn': { trace: 'x' }, 'train.rounds': 20 })
    const trace = '3,2,leave\n15,2,join\n'
    const { result, parameters } = await emulateJob(job, { trace })
    const distances = parameters.map((own) => consensusDistance([own, parameters[0]!]))
    expect(distances[2]).toBeLessThan(2 * Math.max(...distances.filter((_, rank) => rank !== 2)))
    expect(result.final.accuracy!.min).toBeGreaterThan(0.6)
  })

  it('keeps the last model of a node that never comes back', async () => {
    const job = smallJob({ 'emulation.churn': { trace: 'x' } })
    const { parameters } = await emulateJob(job, { trace: '4,2,leave\n' })
    const short = await emulateJob(smallJob({ 'train.rounds': 4 }))
    expect(parameters[2]).toEqual(short.parameters[2])
  })

  it('does not let a slow node wait for neighbours that have finished', async () => {
    const job = smallJob({
      'emulation.stepSeconds': 1,
      'emulation.stragglers': { share: 0.125, slowdown: 100 },
      'limits.deadline': 30,
    })
    const last: RoundReport[] = []
    await emulateJob(job, { onReport: (report) => report.round === 9 && last.push(report) })
    const [straggler, other] = [last.at(-1)!, last.at(-2)!]
    expect(straggler.elapsed).toBeGreaterThan(other.elapsed + 30)
    expect(straggler.neighbours.missing.length).toBe(straggler.neighbours.expected)
    expect(straggler.neighbours.missing.every(({ reason }) => reason === 'unreachable')).toBe(true)
    expect(straggler.seconds.wait).toBeLessThan(1)
  })

  it('hands the engine full portions while other nodes still mix', async () => {
    const engine = linearEngine()
    const job = smallJob({ nodes: 40, 'train.rounds': 3 })
    const { parameters } = await emulateJob(job, { engine })
    expect(engine.trainCalls).toEqual([32, 8, 32, 8, 32, 8])
    const expected = await literalGossip(job)
    for (const [rank, vector] of expected.entries()) expect(parameters[rank]).toEqual(vector)
  })

  it('does not depend on which engine call ends first', async () => {
    const job = smallJob({ ...trouble, nodes: 80, 'topology.degree': 4 })
    const inOrder = await emulateJob(job)
    const { load, ...engine } = linearEngine()
    let calls = 0
    const uneven: Engine = {
      ...engine,
      load: async (...args) => {
        const model = await load(...args)
        return {
          ...model,
          async train(jobs) {
            for (let turns = calls++ % 4; turns > 0; turns--) await turn()
            return model.train(jobs)
          },
        }
      },
    }
    const outOfOrder = await emulateJob(job, { engine: uneven })
    expect(outOfOrder.result.parametersSha256).toBe(inOrder.result.parametersSha256)
    expect(outOfOrder.result.curve).toEqual(inOrder.result.curve)
  })

  it('goes on without a node whose training diverges, like daemons, and says so', async () => {
    const rounds = 10
    const job = smallJob({ 'train.rounds': rounds, 'eval.every': rounds })
    const [lost] = createPartition(job.partition, {
      ...{ examples: buildDataset(job.data).train, nodes: job.nodes, seed: job.seed },
    })
    const reports: RoundReport[] = []
    const { result, parameters } = await emulateJob(job, {
      engine: divergingEngine((work) => work.stepsBefore >= 8 && lost!.includes(work.examples[0]!)),
      onReport: (report) => reports.push(report),
    })
    expect(result.diverged).toEqual([0])
    const ofLost = reports.filter(({ rank }) => rank === 0)
    expect(ofLost.map(({ round }) => round)).toEqual([0, 1, 2, 3])
    expect(reports).toHaveLength(7 * rounds + 4)
    const missing = reports.flatMap(({ round, neighbours }) =>
      neighbours.missing.map(({ rank, reason }) => ({ round, rank, reason })),
    )
    expect(missing).toHaveLength(3 * (rounds - 4))
    for (const { round, rank, reason } of missing) {
      expect([rank, reason]).toEqual([0, 'unreachable'])
      expect(round).toBeGreaterThanOrEqual(4)
    }
    expect(result.final.accuracy).not.toBeNull()
    expect(parameters[0]!.every(Number.isFinite)).toBe(true)
    expect((await emulateJob(job)).result).not.toHaveProperty('diverged')
  })

  it('ends where every node diverges', async () => {
    const engine = divergingEngine(({ stepsBefore }) => stepsBefore >= 8)
    await expect(emulateJob(smallJob(), { engine })).rejects.toMatchObject({
      name: 'AllDivergedError',
      rounds: new Array(8).fill(5),
      message: expect.stringMatching(
        /every one of the 8 nodes, in round 5\..*train\.lr lower than 0\.1/,
      ),
    })
  })

  it('goes on when everybody was away at once', async () => {
    const job = smallJob({ nodes: 2, 'topology.kind': 'full', 'emulation.churn': { trace: 'x' } })
    const trace = '3,0,leave\n3,1,leave\n6,0,join\n7,1,join\n'
    const { result } = await emulateJob(job, { trace })
    expect(result.final.accuracy).not.toBeNull()
  })

  it('has a document of what there is so far', async () => {
    let soFar: RunResult | undefined
    const { result } = await emulateJob(smallJob({ 'train.rounds': 10, 'eval.every': 2 }), {
      onProgress(progress) {
        if (progress.nodeRounds >= 8 * 5) soFar ??= progress.soFar()
      },
    })
    const { curve, final, parametersSha256, bytes } = soFar!
    expect(curve).toEqual(result.curve.slice(0, curve.length))
    expect(curve.length).toBeGreaterThan(1)
    expect(curve.length).toBeLessThan(result.curve.length)
    expect(final.accuracy).toBeNull()
    expect(parametersSha256).toBeNull()
    expect(bytes.perNodePerRound).toBeCloseTo(result.bytes.perNodePerRound, -2)
  })

  it('stops when asked to', async () => {
    const controller = new AbortController()
    const run = emulateJob(smallJob(), {
      signal: controller.signal,
      onProgress: ({ nodeRounds }) => nodeRounds > 16 && controller.abort(new Error('enough')),
    })
    await expect(run).rejects.toThrow('enough')
  })

  it('passes on what goes wrong in an engine', async () => {
    const engine = linearEngine()
    const broken = {
      ...engine,
      load: async (...args: Parameters<typeof engine.load>) => ({
        ...(await engine.load(...args)),
        train: () => Promise.reject(new Error('out of memory')),
      }),
    }
    await expect(emulateJob(smallJob(), { engine: broken })).rejects.toThrow('out of memory')
  })

  it('evaluates the nodes and examples it is told to', async () => {
    const counts: number[] = []
    const engine = linearEngine()
    const counting = {
      ...engine,
      load: async (...args: Parameters<typeof engine.load>) => {
        const model = await engine.load(...args)
        return {
          ...model,
          evaluate: (jobs: Parameters<typeof model.evaluate>[0]) => {
            counts.push(...jobs.map((job) => job.examples?.length ?? -1))
            return model.evaluate(jobs)
          },
        }
      },
    }
    const job = smallJob({ 'eval.nodes': 3, 'eval.samples': 40, 'eval.every': 10 })
    await emulateJob(job, { engine: counting })
    expect(counts).toEqual([40, 40, 40])
  })

  it('trains one node on all data as the central baseline', async () => {
    const job = smallJob({ nodes: 1, 'partition.kind': 'iid' })
    const { result } = await emulateJob(job)
    expect(result.bytes.perNodePerRound).toBe(0)
    expect(result.consensusDistance).toBe(0)
    const { train } = buildDataset(job.data)
    const [part] = createPartition(job.partition, { examples: train, nodes: 1, seed: job.seed })
    expect(part!.length).toBe(train.count)
  })
})

describe('consensus tally', () => {
  it('equals the distance computed from all models at once', () => {
    const models = Array.from({ length: 5 }, (_, i) => Float32Array.from([i, i * i, 1 / (i + 1)]))
    const tally = new ConsensusTally(3)
    for (const model of models) tally.add(model)
    expect(tally.distance()).toBeCloseTo(consensusDistance(models), 10)
  })
})
