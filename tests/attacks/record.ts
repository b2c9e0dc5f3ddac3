/**
 * Training as it happens, with everything a curious node could write down: every round of every node is the strategy's own,
 * on real gradients, and each message is kept as what it says to its receiver. In the private modes these are the very
 * ring elements that masks would hide; that masks change no bit of the sums is shown in tests/emulation/private.test.ts.
 */
import { batchIndices, buildDataset, createPartition, type Dataset } from '../../src/data/index.ts'
import type { LoadedModel } from '../../src/engine/index.ts'
import { type Job, jobTopology, learningRate } from '../../src/learning/index.ts'
import { carriedOn, noVelocity } from '../../src/learning/slow-momentum.ts'
import { createModel, initialParameters } from '../../src/model/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import type { Payload, Phase, PrivacyReport, RoundOutcome } from '../../src/sharing/interface.ts'
import { sparsityOf } from '../../src/sharing/private/sparsity.ts'
import type { Transform } from '../../src/sharing/transform.ts'
import { weightsFor } from '../../src/topology/index.ts'
import { linearEngine } from '../support/linear-engine.ts'
import { type Content, type Mode, sharingOf } from './messages.ts'

export interface Message extends Content {
  readonly round: number
  readonly from: number
  readonly to: number
}

export interface Trace {
  readonly mode: Mode | 'masked'
  readonly job: Job
  readonly dataset: Dataset
  readonly model: LoadedModel
  readonly transform: Transform
  /** Who sends to a receiver. */
  readonly senders: readonly (readonly number[])[]
  /** Examples by node. */
  readonly parts: readonly Int32Array[]
  /** By round and node: the coefficients of the model that was shared. */
  readonly coefficients: readonly (readonly Float32Array[])[]
  readonly messages: readonly Message[]
  /** By round and node: what became of its sum; null where there was none to be made. */
  readonly reports: readonly (readonly (PrivacyReport | null)[])[]
}

export interface RecordOptions {
  /** Whether a node still speaks in a phase of a round; who says nothing in the first one is away. @default always */
  speaks?(rank: number, round: number, phase: number): boolean
}

/** Trains without a network: all nodes in step, nobody late. */
export async function record(
  mode: Mode | 'masked',
  job: Job,
  { speaks = () => true }: RecordOptions = {},
): Promise<Trace> {
  const { nodes, seed } = job
  const dataset = buildDataset(job.data)
  const source = createModel(job.model, dataset)
  const model = await linearEngine().load(source, { kind: 'sgd' }, dataset)
  const { layout } = model
  const topology = jobTopology(job)
  const { targets, sources } = topology.graph(0)
  const parts = createPartition(job.partition, { examples: dataset.train, nodes, seed })
  const sharing = sharingOf(mode, job, topology)
  const { transform } = sparsityOf(job.share)!
  const parameters = initialParameters(layout, seed)
  const { slowMomentum } = job.train
  let models = parts.map(() => ({
    parameters,
    velocity: noVelocity(slowMomentum, parameters.length),
  }))
  let states: readonly RoundOutcome<unknown>[] = sharing.strategies.map((strategy) => ({
    parameters,
    state: strategy.init(parameters, layout),
  }))
  const coefficients: Float32Array[][] = []
  const messages: Message[] = []
  const reports: (PrivacyReport | null)[][] = []
  for (let round = 0; round < job.train.rounds; round++) {
    const trained = await trainAll(round)
    coefficients.push(trained.map((model) => transform.forward(model, layout)))
    const { phases, outcomes } = shareAll(round, trained)
    for (const to of parts.keys()) {
      const { state } = states[to]!
      const sighting = { round, to, parameters: trained[to]!, state, layout, phases }
      for (const from of sources[to]!) {
        const content = sharing.read(sighting, from)
        if (content !== null) messages.push({ round, from, to, ...content })
      }
    }
    states = outcomes
    models = outcomes.map(({ parameters }, rank) =>
      speaks(rank, round, 0) ? carriedOn(slowMomentum, models[rank]!, parameters) : models[rank]!,
    )
    reports.push(
      outcomes.map(({ privacy }, rank) => (speaks(rank, round, 0) && privacy ? privacy : null)),
    )
  }
  const recorded = { coefficients, messages, reports }
  return { mode, job, dataset, model, transform, senders: sources, parts, ...recorded }

  async function trainAll(round: number): Promise<Float32Array[]> {
    const { localSteps, batch } = job.train
    const results = await model.train(
      parts.map((examples, rank) => ({
        parameters: models[rank]!.parameters,
        optimiserState: new Float32Array(0),
        stepsBefore: round * localSteps,
        examples: batchIndices({ seed, rank, round, localSteps, batch, examples }),
        batchSize: batch,
        learningRates: new Float32Array(localSteps).fill(learningRate(job.train, round)),
      })),
    )
    return results.map((result) => result.parameters)
  }

  /** All nodes phase by phase. */
  function shareAll(round: number, trained: readonly Float32Array[]) {
    const runs = sharing.strategies.map((strategy, self) => {
      if (!speaks(self, round, 0)) return null
      const weights = weightsFor(topology.graph(round), self, job.weights)
      return strategy.round(trained[self]!, states[self]!.state, {
        round,
        self,
        targets: targets[self]!,
        sources: sources[self]!,
        weightOf: (from) => weights.get(from) ?? 0,
        layout,
        random: (label) => randomStream(seed, 'sharing', self, round, label),
      })
    })
    const phases: (Phase | null)[][] = []
    let steps = runs.map((run) => run?.next())
    while (steps.some((step) => step?.done === false)) {
      const phase = steps.map((step) => (step?.done === false ? step.value : null))
      phases.push(phase)
      steps = runs.map((run, self) => {
        const inbox = new Map<number, Payload>()
        for (const from of sources[self]!) {
          const payload = phase[from]?.outbox.get(self)
          const isSaid = speaks(from, round, phases.length - 1)
          if (payload !== undefined && isSaid) inbox.set(from, payload)
        }
        return run?.next(inbox)
      })
    }
    const outcomes = steps.map((step, rank) => (step?.done ? step.value : states[rank]!))
    return { phases, outcomes }
  }
}
