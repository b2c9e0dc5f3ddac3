/**
 * One round of D-PSGD, top to bottom (see "One round" in ARCHITECTURE.md). The same code runs in the daemon and in
 * the emulator. Whatever affects numbers depends on (job, seed, rank, round) and the messages heard, nothing else.
 */
import { batchIndices } from '../data/index.ts'
import { randomStream } from '../numeric/random.ts'
import { squaredDistance } from '../numeric/vector.ts'
import type { Inbox, Neighbourhood, RoundContext } from '../sharing/interface.ts'
import { weightsFor } from '../topology/index.ts'
import type { Graph } from '../topology/interface.ts'
import { driveSharing } from './drive-sharing.ts'
import { isEvaluationDue } from './evaluation.ts'
import type { LearnerInit, LearnerState, RoundReport } from './interface.ts'
import { isTrainingRound, learningRate } from './schedule.ts'
import { carriedOn } from './slow-momentum.ts'

/** What the learner knows of a round beyond its state. */
export interface RoundOptions {
  /** The clock when the learner started, seconds. */
  readonly start: number
  /** Whose model the round begins with, after catching up. */
  readonly caughtUpFrom: number | null
  readonly signal?: AbortSignal | undefined
}

/** Runs the round that `state` is ready for. Mutates nothing it is given. */
export async function runRound(
  init: LearnerInit,
  state: LearnerState,
  { start, caughtUpFrom, ...options }: RoundOptions,
): Promise<{ report: RoundReport; state: LearnerState }> {
  const { clock, job, rank, strategy } = init
  const { round } = state
  const began = clock.now()

  // ① Who sends to whom, and how much each neighbour weighs.
  const context = contextOf(init, round)

  // ② Local steps on the node's own examples, except in rounds that only average.
  const steps = isTrainingRound(job.train, round) ? job.train.localSteps : 0
  const trained = steps > 0 ? await train(init, state, options) : { ...state, loss: null }
  const trainedAt = clock.now()

  // ③–⑥ The strategy says what to send, the exchange carries it, the strategy mixes what was heard.
  const own = { parameters: trained.parameters, state: state.sharing }
  const shared = await driveSharing(strategy, own, context, init.exchange, options)

  // ⑦ What the last round's movement adds to this one's.
  const { parameters, velocity } = carriedOn(job.train.slowMomentum, state, shared.parameters)
  const sharedAt = clock.now()

  // ⑧ Evaluation where due, and what there is to say.
  const due = isEvaluationDue(job, round) && init.evaluates !== false
  const evaluation = due ? await evaluate(init, parameters, options) : null
  const end = clock.now()
  const { encode, wait } = shared.seconds
  const neighbourDistance = due ? distanceToNeighbours(trained.parameters, shared.inbox) : null
  init.exchange.release?.(shared.inbox)
  return {
    report: {
      round,
      rank,
      trainLoss: trained.loss,
      accuracy: evaluation?.accuracy ?? null,
      testLoss: evaluation?.loss ?? null,
      bytes: shared.bytes,
      neighbours: {
        expected: context.sources.length,
        heard: context.sources.length - shared.missing.length,
        missing: shared.missing,
        ...(shared.quorumMissed && { quorumMissed: true }),
        ...(shared.skipped.size > 0 && { skipped: shared.skipped.size }),
      },
      seconds: {
        train: trainedAt - began,
        encode,
        wait,
        mix: Math.max(0, sharedAt - trainedAt - encode - wait),
        evaluate: end - sharedAt,
      },
      elapsed: end - start,
      neighbourDistance,
      caughtUpFrom,
      ...(shared.privacy && { privacy: shared.privacy }),
    },
    state: {
      round: round + 1,
      parameters,
      optimiserState: trained.optimiserState,
      steps: state.steps + steps,
      velocity,
      sharing: shared.state,
    },
  }
}

function contextOf(init: LearnerInit, round: number): RoundContext {
  const { engine, exchange, job, rank, topologyAt } = init
  const graph = topologyAt(round).graph(round)
  const placeIn = (part: Graph): Neighbourhood => {
    const weights = weightsFor(part, rank, job.weights)
    return {
      targets: part.targets[rank]!,
      sources: part.sources[rank]!,
      weightOf: (source) => weights.get(source) ?? 0,
    }
  }
  const place = placeIn(graph)
  const fragments = graph.fragments?.map(placeIn)
  // So many times the model is sent, were it sent whole.
  const messages =
    fragments === undefined
      ? place.targets.length
      : fragments.reduce((sum, { targets }) => sum + targets.length, 0) / fragments.length
  const allowance = exchange.allowance?.(messages) ?? Number.POSITIVE_INFINITY
  return {
    ...place,
    ...(fragments && { fragments }),
    ...(allowance < Number.POSITIVE_INFINITY && { allowance }),
    round,
    self: rank,
    layout: engine.layout,
    random: (label) => randomStream(job.seed, 'sharing', rank, round, label),
  }
}

function train(
  { engine, examples, job, rank }: LearnerInit,
  { parameters, optimiserState, round, steps }: LearnerState,
  options: { signal?: AbortSignal | undefined },
) {
  const { localSteps, batch } = job.train
  return engine.train(
    {
      parameters,
      optimiserState,
      stepsBefore: steps,
      examples: batchIndices({ seed: job.seed, rank, round, localSteps, batch, examples }),
      batchSize: batch,
      learningRates: new Float32Array(localSteps).fill(learningRate(job.train, round)),
    },
    options,
  )
}

function evaluate(
  { engine, testExamples }: LearnerInit,
  parameters: Float32Array,
  options: { signal?: AbortSignal | undefined },
) {
  const examples = testExamples === undefined ? {} : { examples: testExamples }
  return engine.evaluate({ parameters, on: 'test', ...examples }, options)
}

/** Null unless somebody was heard and all sent their whole models. */
function distanceToNeighbours(own: Float32Array, inbox: Inbox): number | null {
  if (inbox.size === 0) return null
  let sum = 0
  for (const payload of inbox.values()) {
    if (payload.domain !== 'parameters' || payload.selection !== undefined) return null
    sum += squaredDistance(own, payload.values)
  }
  return Math.sqrt(sum / inbox.size)
}
