/** Binds the learner to this node: frames to streams, state to checkpoints, the roster's graph to the round. */
import { fromHex, type Identity } from '../../crypto/index.ts'
import type { LoadedModel } from '../../src/engine/interface.ts'
import {
  type BufferedExchange,
  type CatchUp,
  createExchange,
  createFrameCodec,
  evaluationExamples,
  initialState,
  isPrivate,
  type Job,
  jobStrategy,
  jobTopology,
  type LearnerState,
  learn,
  ReceiveLimit,
  type RoundReport,
} from '../../src/learning/index.ts'
import type { Clock } from '../../src/runtime/clock.ts'
import { maxPayloadBytes, type SlotJournal, spaceOf } from '../../src/sharing/index.ts'
import type { SharingStrategy, Space } from '../../src/sharing/interface.ts'
import type { Topology } from '../../src/topology/interface.ts'
import type { CatchUpService, Network, Receiver, Rounds, Snapshot } from '../network/index.ts'
import { FRAME_OVERHEAD } from '../network/index.ts'
import type { ByteLedger } from './byte-ledger.ts'
import type { RosterBook } from './documents/index.ts'
import { NothingToCatchUpError } from './errors.ts'
import type { Preparation } from './preparation.ts'
import { privatePorts } from './private-ports.ts'

export interface TrainingInit {
  readonly run: string
  readonly job: Job
  readonly rank: number
  readonly book: RosterBook
  readonly preparation: Preparation
  /** Where to go on; null to begin. */
  readonly resumeFrom: LearnerState | null
  readonly network: Network
  readonly rounds: Rounds
  readonly catchUp: CatchUpService
  readonly ledger: ByteLedger
  readonly clock: Clock
  readonly identity: Identity
  /** Asked for in a private run only. */
  slots(): SlotJournal
}

/** Seconds to wait for a neighbour of the first round to connect; a connected one may still be loading. */
const CONNECT_SECONDS = 10
const GATHER_POLL_SECONDS = 0.05

/** Less than this behind, a node keeps pace by itself: a neighbour may be one round ahead. */
const BEHIND = 2

/** Neighbours asked for their model: the median of three outvotes one that claims a false round. */
const NEIGHBOURS_ASKED = 3

/**
 * A node that joined late asks whether its first round has been reached: soon at first, for quick rounds, then as
 * seldom as the quota of catch-up wants it, and for ten minutes in all.
 */
const LATE_POLL_SECONDS = { first: 1, growth: 0.25, longest: 5 } as const
const LATE_POLLS = 128

export class Training {
  readonly #init: TrainingInit
  readonly #topologies = new Map<number, Topology>()
  readonly #exchange: BufferedExchange
  readonly #strategy: SharingStrategy
  readonly #downlink: ReceiveLimit
  /** What the run's messages are made of. */
  readonly #space: Space
  /** The first round of whose graph this node is part: above 0 for one that joined late. */
  readonly #firstRound: number
  #state: LearnerState | null
  #isRunning = false
  readonly #sending = new Set<Promise<void>>()

  constructor(init: TrainingInit) {
    this.#init = init
    const { book, job, preparation, rank, run } = init
    this.#state = init.resumeFrom
    this.#firstRound = Math.max(init.resumeFrom?.round ?? 0, book.firstRoundOf(rank))
    const topologyAt = (round: number) => this.#topologyAt(round)
    this.#strategy = jobStrategy(job, () =>
      privatePorts({ ...init, journal: init.slots(), topologyAt }),
    )
    this.#downlink = new ReceiveLimit(job.limits.down ?? Number.POSITIVE_INFINITY)
    this.#space = spaceOf(this.#strategy, preparation.layout.size)
    this.#exchange = createExchange({
      courier: {
        send: (target, frame, options) => this.#send(target, frame, options),
        isReachable: (target) => this.#isReachable(target),
      },
      codec: createFrameCodec(fromHex(run), this.#space),
      today: () => init.ledger.dayCount,
      tally: init.ledger.tallyOf(run, (member) => book.member(member)!.peerId),
      clock: init.clock,
      limits: job.limits,
      sourcesOf: (round) => this.#topologyAt(round).graph(round).sources[rank] ?? [],
      round: this.#firstRound,
      // One stream carries all frames of a neighbour.
      ordered: true,
    })
  }

  /** The next round, or the number of rounds when all are done. */
  get round(): number {
    return this.#state?.round ?? 0
  }

  get state(): LearnerState | null {
    return this.#state
  }

  /** The way in for frames of one member. */
  receiverOf(rank: number): Receiver {
    return {
      maxFrameBytes: maxPayloadBytes(this.#space) + FRAME_OVERHEAD,
      deliver: async (frame) => {
        const { clock } = this.#init
        this.#exchange.deliver(rank, frame)
        const seconds = this.#downlink.pass(frame.length, clock.now())
        if (seconds > 0) await clock.sleep(seconds)
      },
      greeted: () => {
        if (this.#isRunning) this.#greet(rank)
      },
    }
  }

  /** Waits for the turn of a model of so many bytes; false where the limits do not let it go. */
  async mayGive(bytes: number): Promise<boolean> {
    const seconds = this.#exchange.admit(bytes)
    if (seconds !== null && seconds > 0) await this.#init.clock.sleep(seconds)
    return seconds !== null
  }

  /** Members this node exchanges frames with; all, where the graph changes from round to round. */
  neighbours(): readonly number[] {
    const { book, rank } = this.#init
    const round = Math.max(this.round, this.#firstRound)
    const topology = this.#topologyAt(round)
    if (topology.dynamic) return book.roster!.members.map((member) => member.rank)
    const graph = topology.graph(round)
    return [...new Set([...(graph.targets[rank] ?? []), ...(graph.sources[rank] ?? [])])]
  }

  /** Runs to the last round; `onRound` is awaited after each one. */
  async run(
    onRound: (report: RoundReport, state: LearnerState) => Promise<void>,
    { signal }: { signal: AbortSignal },
  ): Promise<LearnerState> {
    const { job, preparation } = this.#init
    const model = await preparation.model()
    signal.throwIfAborted()
    const state = this.#state ?? initialState(job, model, this.#strategy)
    this.#state = state
    const leave = this.#takePart()
    try {
      const ahead = await this.#awaitNeighbours(state.round, signal)
      for await (const { report, state: next } of this.#learn(model, state, ahead, signal)) {
        this.#state = next
        await onRound(report, next)
      }
    } finally {
      leave()
    }
    return this.#state
  }

  /** @param ahead what the learner's first question is answered with; asked anew where it is null */
  #learn(model: LoadedModel, state: LearnerState, ahead: CatchUp | null, signal: AbortSignal) {
    const { job, preparation, rank, clock } = this.#init
    let known = ahead
    const testExamples = evaluationExamples(job, preparation.dataset.test.count)
    return learn(
      {
        job,
        rank,
        engine: {
          layout: model.layout,
          optimiserStateSize: model.optimiserStateSize,
          train: async (work, options) => (await model.train([work], options))[0]!,
          evaluate: async (work, options) => (await model.evaluate([work], options))[0]!,
        },
        strategy: this.#strategy,
        topologyAt: (round) => this.#topologyAt(round),
        examples: preparation.examplesOf(rank),
        exchange: this.#exchange,
        clock,
        state,
        ...(testExamples && { testExamples }),
        catchUp: async (round, options) => {
          const answer = known
          known = null
          return answer ?? this.#catchUp(round, { signal, ...options })
        },
      },
      { signal },
    )
  }

  /** Tells the neighbours that this node takes part, now and whenever one connects. */
  #takePart(): () => void {
    const { book, network, rounds, run } = this.#init
    this.#isRunning = true
    const stopListening = network.onConnect((peerId) => {
      const member = book.memberOf(peerId)
      if (member !== undefined) this.#greet(member.rank)
    })
    for (const rank of this.neighbours()) this.#greet(rank)
    return () => {
      this.#isRunning = false
      stopListening()
      // What is still being sent may open a stream once more.
      rounds.close(run)
      void Promise.allSettled(this.#sending).then(() => rounds.close(run))
    }
  }

  async #send(
    target: number,
    frame: Uint8Array,
    options?: { signal?: AbortSignal },
  ): Promise<void> {
    const { book, rounds, run } = this.#init
    const sending = rounds.send(run, book.member(target)!.peerId, frame, options)
    this.#sending.add(sending)
    try {
      await sending
    } finally {
      this.#sending.delete(sending)
    }
  }

  /** A neighbour that is not up yet greets this node when it is, and is then greeted back. */
  #greet(rank: number): void {
    const { book, network, rounds, run } = this.#init
    const { peerId } = book.member(rank)!
    if (rank === this.#init.rank || !network.isConnected(peerId)) return
    rounds.greet(run, peerId).catch(() => {})
  }

  #isReachable(rank: number): boolean {
    const { book, rounds, run } = this.#init
    const member = book.member(rank)
    return member !== undefined && !member.left && rounds.isPresent(run, member.peerId)
  }

  /** The graph over as many places as the roster in force in that round has. */
  #topologyAt(round: number): Topology {
    const { book, job } = this.#init
    const nodes = book.placesAt(round)
    const known = this.#topologies.get(nodes)
    if (known !== undefined) return known
    const topology = jobTopology(job, nodes)
    this.#topologies.set(nodes, topology)
    return topology
  }

  #sources(round: number): readonly number[] {
    return this.#topologyAt(round).graph(round).sources[this.#init.rank] ?? []
  }

  /**
   * Waits until the neighbours of the first round are there too: some have yet to connect or to load. Not where one of
   * them is ahead, which it returns: it may have finished and never greet.
   */
  async #awaitNeighbours(round: number, signal: AbortSignal): Promise<CatchUp | null> {
    const { book, clock, job, network } = this.#init
    const start = clock.now()
    const brief = Math.min(CONNECT_SECONDS, job.limits.maxDeadline)
    // At the start of a run all are loading; later, one that does not greet may have finished and never will.
    const patience = this.#init.resumeFrom === null ? job.limits.maxDeadline : brief
    const isConnected = (rank: number) => network.isConnected(book.member(rank)!.peerId)
    const isAwaited = (rank: number) => {
      const member = book.member(rank)
      if (member === undefined || member.left || this.#isReachable(rank)) return false
      return clock.now() - start < (isConnected(rank) ? patience : brief)
    }
    const sources = this.#sources(this.#firstRound)
    const least = Math.min(round + BEHIND, job.train.rounds)
    // One that joined late asks for its first round later on, and waits for it.
    let asked = round < this.#firstRound ? NEIGHBOURS_ASKED : 0
    while (sources.some(isAwaited)) {
      // Asked again when more are there, a few times: the quota of catch-up is small.
      const connected = Math.min(sources.filter(isConnected).length, NEIGHBOURS_ASKED)
      if (connected > asked) {
        asked = connected
        const ahead = await this.#askNeighbours(round, least, { signal })
        if (ahead !== null) return ahead
      }
      await clock.sleep(GATHER_POLL_SECONDS, { signal })
    }
    return null
  }

  async #catchUp(round: number, options: { signal: AbortSignal }): Promise<CatchUp | null> {
    if (round >= this.#firstRound) return this.#askNeighbours(round, round + BEHIND, options)
    // Joined late: wait until a neighbour reaches the round in which this node's place begins.
    for (let poll = 0; poll < LATE_POLLS; poll++) {
      const found = await this.#askNeighbours(this.#firstRound, this.#firstRound, options)
      if (found !== null) return found
      const { first, growth, longest } = LATE_POLL_SECONDS
      await this.#init.clock.sleep(Math.min(first + growth * poll, longest), options)
    }
    throw new NothingToCatchUpError(this.#firstRound)
  }

  /** The model of the neighbour in the middle of those that have reached `least`; null when none has. */
  async #askNeighbours(
    round: number,
    least: number,
    options: { signal: AbortSignal },
  ): Promise<CatchUp | null> {
    const { book, catchUp, job, network, preparation, run } = this.#init
    // Not only those that take part: one that has finished has a model too.
    const asked = this.#sources(round)
      .filter((rank) => network.isConnected(book.member(rank)!.peerId))
      .slice(0, NEIGHBOURS_ASKED)
    const { size } = preparation.layout
    const answers = await Promise.all(
      asked.map(async (rank): Promise<CatchUp | null> => {
        const { peerId } = book.member(rank)!
        // A neighbour that fails to answer is one that cannot help, and no reason to stop.
        const snapshot = await catchUp.ask(run, peerId, least - 1, size, options).catch(() => null)
        if (snapshot === null) return null
        if (isPrivate(job)) return { round: snapshot.round, parameters: null, from: rank }
        return snapshot.parameters === null ? null : { ...snapshot, from: rank }
      }),
    )
    options.signal.throwIfAborted()
    const ahead = answers.filter((answer) => answer !== null).sort((a, b) => a.round - b.round)
    return ahead[(ahead.length - 1) >> 1] ?? null
  }
}

/** What a neighbour may take over: in a private run, where nobody gives its model away, the round alone. */
export function snapshotOf(job: Job, { round, parameters }: LearnerState): Snapshot {
  return { round, parameters: isPrivate(job) ? null : parameters }
}
