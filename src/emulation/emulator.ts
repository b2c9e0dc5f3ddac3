/**
 * Emulates a run: every node is the daemon's learner, with its own exchange and state, on a virtual clock, an
 * in-memory network and one engine for all. Nothing here affects numbers while nobody is late; what a job's
 * `emulation` table asks for decides who is.
 */
import { type CipherSuite, pureSuite, toHex } from '../../crypto/index.ts'
import { createPartition, type Dataset } from '../data/index.ts'
import { DivergedError, type Engine, type LoadedModel } from '../engine/index.ts'
import {
  type CatchUp,
  type CurvePoint,
  createExchange,
  evaluatedRanks,
  evaluationExamples,
  type FrameCodec,
  initialState,
  isPrivate,
  type Job,
  jobStrategy,
  jobTopology,
  type LearnerState,
  learn,
  type RoundReport,
  type RunResult,
} from '../learning/index.ts'
import { createModel, type ModelFile } from '../model/index.ts'
import { type PrivatePorts, spaceOf } from '../sharing/index.ts'
import type { SharingStrategy } from '../sharing/interface.ts'
import type { Topology } from '../topology/interface.ts'
import { BatchingEngine } from './batching-engine.ts'
import { createPresence, type Presence } from './churn.ts'
import { AllDivergedError } from './errors.ts'
import { createLinkModel, type LinkModel } from './link-model.ts'
import { Mailbox } from './mailbox.ts'
import { stepSeconds } from './pace.ts'
import { emulatedPorts } from './private-ports.ts'
import { type Measured, ResultCollector } from './results.ts'
import { emulatedRunId } from './run-id.ts'
import { createSharedCodec } from './shared-codec.ts'
import { VirtualClock } from './virtual-clock.ts'

/** What an emulation needs from the machine it runs on. */
export interface EmulationPorts {
  /** Real seconds since some fixed origin. */
  wallClock(): number
  /** Most memory this process has had so far, bytes. */
  peakMemory(): number
  /** Resolves when everything that can run without waiting has run: one turn of the event loop. */
  turn(): Promise<void>
}

export interface EmulationProgress {
  readonly nodeRounds: number
  readonly nodeRoundsInAll: number
  /** All evaluations so far. */
  readonly curve: readonly CurvePoint[]
  /** The document of what there is so far, for whoever stops here. */
  soFar(): RunResult
}

export interface EmulationInit {
  readonly job: Job
  readonly engine: Engine
  readonly dataset: Dataset
  readonly ports: EmulationPorts
  /** What the caller has read for a model that is kept in a file. */
  readonly modelFile?: ModelFile
  /** The primitives of a private run. @default those in JavaScript */
  readonly suite?: CipherSuite
  /** Text of the file that `emulation.churn.trace` names. */
  readonly trace?: string
  /** Called with each node's report of each round, for the run's metrics file. */
  onReport?(report: RoundReport): void
  /** Called after each engine call. */
  onProgress?(progress: EmulationProgress): void
}

export interface EmulationResult {
  readonly result: RunResult
  /** Final parameters of every node, by rank. */
  readonly parameters: readonly Float32Array[]
}

/** Runs a job to its end. `result` is measured from the first round to the last, without loading data and model. */
export async function emulate(
  init: EmulationInit,
  options: { signal?: AbortSignal } = {},
): Promise<EmulationResult> {
  const { job, dataset } = init
  const source = createModel(job.model, dataset, init.modelFile)
  const { optimiser: kind, momentum, weightDecay } = job.train
  const model = await init.engine.load(source, { kind, momentum, weightDecay }, dataset)
  const over = new AbortController()
  const signal =
    options.signal === undefined ? over.signal : AbortSignal.any([options.signal, over.signal])
  try {
    return await new Emulation(init, model, signal).run()
  } finally {
    over.abort() // what a run that failed still has in the engine's queue
    await model.dispose()
  }
}

class Emulation {
  readonly #init: EmulationInit
  readonly #signal: AbortSignal
  readonly #run: Uint8Array
  readonly #clock = new VirtualClock()
  readonly #mailbox: Mailbox
  readonly #links: LinkModel
  readonly #engine: BatchingEngine
  readonly #codec: FrameCodec
  readonly #topology: Topology
  readonly #portsOf: (rank: number) => PrivatePorts
  readonly #presence: Presence
  readonly #collector: ResultCollector
  readonly #parts: readonly Int32Array[]
  readonly #pace: Float64Array
  readonly #evaluated: ReadonlySet<number>
  /** Each node's state after its last round; what it comes back with after having been away. */
  readonly #states: LearnerState[]
  /** Nodes that are away, by the round in which they come back. */
  readonly #returning = new Map<number, (() => void)[]>()
  /** The latest round that anybody has begun. */
  #frontier = 0
  /** Nodes whose training diverged, with the round, counted from 1. */
  readonly #diverged = new Map<number, number>()
  #start = 0
  #failure: { readonly error: unknown } | null = null

  constructor(init: EmulationInit, model: LoadedModel, signal: AbortSignal) {
    const { job, dataset } = init
    const { nodes, seed } = job
    this.#init = init
    this.#signal = signal
    this.#run = emulatedRunId(job)
    this.#links = createLinkModel(job.emulation, seed, nodes)
    this.#mailbox = new Mailbox(this.#clock, this.#links, job.limits.down)
    this.#engine = new BatchingEngine(model, this.#clock, signal)
    this.#topology = jobTopology(job)
    this.#portsOf = emulatedPorts(job, init.suite ?? pureSuite, this.#run, this.#topology)
    const strategy = this.#strategyOf(0)
    this.#codec = createSharedCodec(this.#run, spaceOf(strategy, model.layout.size))
    this.#presence = createPresence(job, init.trace)
    this.#collector = new ResultCollector(job)
    this.#parts = createPartition(job.partition, { examples: dataset.train, nodes, seed })
    this.#pace = stepSeconds(job)
    this.#evaluated = new Set(evaluatedRanks(job, nodes))
    // One array for all: nobody mutates parameters.
    this.#states = new Array(nodes).fill(initialState(job, model, strategy))
  }

  async run(): Promise<EmulationResult> {
    this.#start = this.#init.ports.wallClock()
    for (const rank of this.#states.keys()) {
      this.#live(rank).catch((error: unknown) => this.#end(rank, error))
    }
    await this.#drive()
    const parameters = this.#states.map((state) => state.parameters)
    const result = this.#collector.finish(toHex(this.#run), parameters, this.#measure())
    return { result: this.#withDiverged(result), parameters }
  }

  #measure(): Measured {
    const { wallClock, peakMemory } = this.#init.ports
    return { wallSeconds: wallClock() - this.#start, peakRssBytes: peakMemory() }
  }

  #withDiverged(result: RunResult): RunResult {
    const diverged = [...this.#diverged.keys()].sort((a, b) => a - b)
    return diverged.length === 0 ? result : { ...result, diverged }
  }

  /** As with daemons, the run of a node that diverges ends, and the others go on without it while there are any. */
  #end(rank: number, error: unknown): void {
    if (!(error instanceof DivergedError)) {
      this.#failure ??= { error }
      return
    }
    const { nodes, train } = this.#init.job
    this.#diverged.set(rank, this.#states[rank]!.round + 1)
    if (this.#diverged.size < nodes) return
    const rounds = Array.from({ length: nodes }, (_, of) => this.#diverged.get(of)!)
    this.#failure ??= { error: new AllDivergedError(rounds, train.lr, error) }
  }

  /** Moves time on whenever every node waits: first for the engine, then for the clock, last for each other. */
  async #drive(): Promise<void> {
    for (;;) {
      await this.#init.ports.turn()
      this.#signal.throwIfAborted()
      if (this.#failure !== null) throw this.#failure.error
      if (this.#engine.isDue) {
        await this.#engine.collect()
        this.#tell()
      } else if (!this.#clock.advance() && !this.#bringForward()) return
    }
  }

  /** One node from the first round to the last, with its absences. */
  async #live(rank: number): Promise<void> {
    const { rounds } = this.#init.job.train
    for (;;) {
      const { round } = this.#states[rank]!
      const back = round < rounds ? this.#presence.nextPresent(rank, round) : null
      if (back === null) return
      if (back > round) await this.#roundBegun(back)
      await this.#attend(rank)
    }
  }

  /** A strategy of a node's own, without memory of what it knew before it was away. */
  #strategyOf(rank: number): SharingStrategy {
    return jobStrategy(this.#init.job, () => this.#portsOf(rank))
  }

  /** Runs a learner until its last round or the next absence. Like a daemon's process, it starts from its last state. */
  async #attend(rank: number): Promise<void> {
    const { job, dataset } = this.#init
    const clock = this.#clock
    const testExamples = evaluationExamples(job, dataset.test.count)
    const exchange = createExchange({
      courier: this.#mailbox.courierOf(rank),
      codec: this.#codec,
      clock,
      limits: job.limits,
      sourcesOf: (round) => this.#topology.graph(round).sources[rank]!,
      round: this.#states[rank]!.round,
      ordered: true,
    })
    this.#mailbox.connect(rank, (source, frame) => exchange.deliver(source, frame))
    try {
      const rounds = learn({
        job,
        rank,
        engine: this.#engine.engineOf(this.#pace[rank]!),
        strategy: this.#strategyOf(rank),
        topologyAt: () => this.#topology,
        examples: this.#parts[rank]!,
        exchange,
        clock,
        state: this.#states[rank]!,
        evaluates: this.#evaluated.has(rank),
        ...(testExamples && { testExamples }),
        catchUp: (round) => this.#catchUp(rank, round),
      })
      for await (const { report, state } of rounds) {
        this.#states[rank] = state
        this.#collector.add(report, state.parameters, clock.now())
        this.#init.onReport?.(report)
        this.#begin(state.round)
        if (!this.#presence.isPresent(rank, state.round)) return
      }
    } finally {
      this.#mailbox.disconnect(rank)
    }
  }

  /** The model of the neighbour that is furthest ahead; nodes that have finished still give theirs. */
  async #catchUp(rank: number, round: number): Promise<CatchUp | null> {
    let best: CatchUp | null = null
    for (const from of this.#topology.graph(round).sources[rank]!) {
      const { round: theirs, parameters } = this.#states[from]!
      const hasFinished = theirs === this.#init.job.train.rounds
      if (!hasFinished && !this.#mailbox.isConnected(from)) continue
      if (theirs <= (best?.round ?? round)) continue
      best = { round: theirs, parameters: isPrivate(this.#init.job) ? null : parameters, from }
    }
    const seconds = this.#links.roundTrip(4 * (best?.parameters?.length ?? 0))
    if (best !== null && seconds > 0) await this.#clock.sleep(seconds)
    return best
  }

  /** Resolves when somebody begins `round`. */
  #roundBegun(round: number): Promise<void> {
    if (round <= this.#frontier) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#returning.get(round) ?? []
      this.#returning.set(round, [...waiting, resolve])
    })
  }

  #begin(round: number): void {
    if (round <= this.#frontier) return
    this.#frontier = round
    for (const [awaited, resolvers] of this.#returning) {
      if (awaited > round) continue
      this.#returning.delete(awaited)
      for (const resolve of resolvers) resolve()
    }
  }

  /** Where nobody is left to begin a round, those come back who would be the first to. False where nobody would. */
  #bringForward(): boolean {
    if (this.#returning.size === 0) return false
    this.#begin(Math.min(...this.#returning.keys()))
    return true
  }

  #tell(): void {
    const { job, onProgress } = this.#init
    onProgress?.({
      nodeRounds: this.#collector.nodeRounds,
      nodeRoundsInAll: job.nodes * job.train.rounds,
      curve: this.#collector.curve(),
      soFar: () => {
        const parameters = this.#states[0]!.parameters.length
        const result = this.#collector.soFar(toHex(this.#run), parameters, this.#measure())
        return this.#withDiverged(result)
      },
    })
  }
}
