/** One run on this node: its documents, its state, its learner. Lives from creation or joining until removal. */
import { fromHex } from '../../crypto/index.ts'
import type { Job, LearnerState, RoundReport, RunResult } from '../../src/learning/index.ts'
import { viewOf } from '../../src/model/index.ts'
import { encodeSafetensors } from '../../src/model/safetensors.ts'
import type { RunEvent, RunState, RunSummary } from '../api/interface.ts'
import {
  type FinalReport,
  type MemberReport,
  peerIdOf,
  type Receiver,
  type Snapshot,
} from '../network/index.ts'
import {
  RosterBook,
  readRoster,
  type SignedManifest,
  type SignedRoster,
} from './documents/index.ts'
import { RunStateError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { isComplete, Owner } from './owner.ts'
import { type Preparation, prepare } from './preparation.ts'
import { ReportLedger } from './report-ledger.ts'
import { ReportOutbox } from './report-outbox.ts'
import type { RunContext, RunFiles } from './run-context.ts'
import type { RunFacts } from './run-facts.ts'
import { finalDigest, Training } from './training.ts'

/** Seconds between two questions to an owner for the newest roster. */
const POLL_SECONDS = { gathering: 3, training: 30 } as const

/** Seconds an owner waits for the last reports of connected members before it calls the run finished. */
const LAST_REPORTS_SECONDS = 20

/** Seconds in which the last reports are to reach the owners when this node stops. */
const FLUSH_SECONDS = 2

type Loop = { readonly controller: AbortController; readonly done: Promise<void> }

export class Run {
  readonly id: string
  readonly owner: Owner | null
  readonly #context: RunContext
  readonly #signed: SignedManifest
  readonly #files: RunFiles
  readonly #book = new RosterBook()
  readonly #ledger = new ReportLedger()
  readonly #events: EventLog
  readonly #owners: readonly string[]
  #facts: RunFacts
  #preparation: Preparation | undefined
  #resumeFrom: LearnerState | null = null
  #training: Training | undefined
  #outbox: ReportOutbox | undefined
  #loop: Loop | undefined
  #watch: Loop | undefined
  #lastRoster: Promise<unknown> = Promise.resolve()

  private constructor(
    context: RunContext,
    files: RunFiles,
    signed: SignedManifest,
    facts: RunFacts,
    events: EventLog,
  ) {
    this.id = signed.run
    this.#context = context
    this.#files = files
    this.#signed = signed
    this.#facts = facts
    this.#events = events
    this.#owners = signed.manifest.owners.map((key) => peerIdOf(fromHex(key)))
    this.owner = this.#owners.includes(context.network.peerId)
      ? new Owner({
          run: this.id,
          manifest: signed.manifest,
          book: this.#book,
          context,
          pace: () => this.#pace(),
          accept: (roster) => this.#take(roster),
        })
      : null
  }

  /** Opens a run's folder: reads its documents and reports. Nothing runs yet. */
  static async open(context: RunContext, files: RunFiles, signed: SignedManifest): Promise<Run> {
    const facts = await files.readFacts<RunFacts>()
    const events = await EventLog.open(files.events, () => context.now().toISOString())
    const run = new Run(context, files, signed, facts, events)
    for (const bytes of await files.readRosters()) {
      run.#book.accept(readRoster(bytes, run.id, signed.manifest))
    }
    for (const report of await files.metrics.readAll()) run.#ledger.add({ type: 'round', report })
    for (const report of await files.reports.readAll()) run.#ledger.add(report)
    return run
  }

  get state(): RunState {
    return this.#facts.state
  }

  get job(): Job {
    return this.#signed.manifest.job
  }

  get manifestBytes(): Uint8Array {
    return this.#signed.bytes
  }

  get rosterBytes(): Uint8Array | undefined {
    return this.#book.newest?.bytes
  }

  get #rank(): number | null {
    return this.#book.memberOf(this.#context.network.peerId)?.rank ?? null
  }

  get #isActive(): boolean {
    return this.state === 'gathering' || this.state === 'training'
  }

  summary(): RunSummary {
    const members = this.#book.roster?.members ?? []
    const joined = members.filter((member) => !member.left).length
    return {
      id: this.id,
      name: this.job.name,
      state: this.state,
      role: this.#facts.role,
      rank: this.#rank,
      round: this.#training?.round ?? this.#ledger.roundsOf(this.#rank ?? -1),
      rounds: this.job.train.rounds,
      nodes: { expected: this.job.nodes, joined },
      createdAt: this.#facts.createdAt,
      reason: this.#facts.reason,
    }
  }

  result(): RunResult {
    const places = this.#book.roster?.members.length ?? this.job.nodes
    const parameters = this.#preparation?.layout.size ?? this.#facts.final?.parameters ?? 0
    return this.#ledger.result(this.id, this.job, parameters, places)
  }

  events(options: { follow: boolean; signal?: AbortSignal }): AsyncIterable<RunEvent> {
    return this.#events.read(options)
  }

  isMember(peerId: string): boolean {
    return this.#book.memberOf(peerId) !== undefined
  }

  receiverOf(peerId: string): Receiver | undefined {
    const member = this.#book.memberOf(peerId)
    return member === undefined ? undefined : this.#training?.receiverOf(member.rank)
  }

  /** Undefined for a peer that is no member. */
  snapshotFor(peerId: string): Snapshot | null | undefined {
    return this.isMember(peerId) ? (this.#training?.snapshot ?? null) : undefined
  }

  /** The rank under which this owner takes a peer's reports. */
  reporterRank(peerId: string): number | undefined {
    return this.owner === null ? undefined : this.#book.memberOf(peerId)?.rank
  }

  async storeReports(reports: readonly MemberReport[]): Promise<void> {
    const fresh = reports.filter((report) => this.#ledger.add(report))
    if (fresh.length === 0) return
    await this.#files.reports.append(...fresh)
    for (const entry of fresh) {
      if (entry.type === 'round') await this.#events.add({ type: 'round', report: entry.report })
    }
  }

  /**
   * Brings an active run to life: data and model, last checkpoint, and from then on whatever the roster says.
   * @throws the errors of {@link prepare}; the run is then `failed`.
   */
  async start(preparation?: Preparation): Promise<void> {
    if (!this.#isActive) return
    const { job } = this
    const { dataPath, modelPath } = this.#facts
    try {
      this.#preparation =
        preparation ?? (await prepare({ job, dataPath, modelPath }, this.#context.places))
      this.#resumeFrom = await this.#files.checkpoints.load((file, error) => {
        void this.#note('warn', `checkpoint ${file} is passed over: ${error.message}`)
      })
    } catch (error) {
      await this.#fail(error)
      throw error
    }
    this.#outbox = new ReportOutbox({
      run: this.id,
      owners: this.#owners.filter((owner) => owner !== this.#context.network.peerId),
      reports: this.#context.wire.reports,
      clock: this.#context.clock,
      isConnected: (peerId) => this.#context.network.isConnected(peerId),
    })
    const own = (await this.#files.metrics.readAll()).map(
      (report) => ({ type: 'round', report }) as const,
    )
    this.#outbox.add(...own)
    if (this.owner === null) this.#watch = startLoop((signal) => this.#watchOwners(signal))
    await this.#advance()
  }

  /** Takes a roster from the network. @throws {InvalidRosterError} unless an owner signed it for this run. */
  async takeRoster(bytes: Uint8Array): Promise<void> {
    await this.#take(readRoster(bytes, this.id, this.#signed.manifest))
  }

  /** Ends taking part, until `resume`. The others do not wait for this node any more. */
  async stop(reason: string): Promise<void> {
    if (!this.#isActive) throw new RunStateError(this.id, this.state, 'stopped')
    await this.close()
    await this.#setState('stopped', reason)
    await this.#tellPresence(false)
  }

  async resume(): Promise<void> {
    if (this.#isActive) return
    if (this.state === 'finished') throw new RunStateError(this.id, 'finished', 'resumed')
    await this.#setState(this.#book.roster?.started ? 'training' : 'gathering', null)
    await this.#tellPresence(true)
    await this.start()
  }

  /** Checkpoints and ends all that runs; the state stays, so that the next start goes on. */
  async close(): Promise<void> {
    const loops = [this.#loop, this.#watch].filter((loop) => loop !== undefined)
    for (const { controller } of loops) controller.abort(new Error('the run is being stopped'))
    await Promise.all(loops.map(({ done }) => done))
    const state = this.#training?.state
    if (state && this.#isActive) await this.#files.checkpoints.save(state)
    await this.#outbox?.stop(FLUSH_SECONDS)
    this.#context.wire.rounds.close(this.id)
    await this.#context.network.keepConnected(this.id, [])
    await this.#preparation?.dispose()
    this.#loop = undefined
    this.#watch = undefined
    this.#outbox = undefined
    this.#training = undefined
    this.#preparation = undefined
  }

  /** Rosters are taken one after the other, whoever brings them. */
  #take(signed: SignedRoster): Promise<void> {
    const done = this.#lastRoster.then(() => this.#takeNow(signed))
    this.#lastRoster = done.catch(() => {})
    return done
  }

  async #takeNow(signed: SignedRoster): Promise<void> {
    const before = this.#book.roster?.members ?? []
    if (!this.#book.accept(signed)) return
    await this.#files.writeRoster(signed.roster.epoch, signed.bytes)
    for (const member of signed.roster.members) {
      const known = before[member.rank]
      const isNew = known?.peerId !== member.peerId || known.left
      const { peerId, rank } = member
      if (isNew && !member.left)
        await this.#events.add({ type: 'member', peerId, rank, change: 'joined' })
      if (!isNew && member.left)
        await this.#events.add({ type: 'member', peerId, rank, change: 'left' })
    }
    await this.#advance()
  }

  /** Does what the newest roster and the state call for. */
  async #advance(): Promise<void> {
    const { roster } = this.#book
    const rank = this.#rank
    if (!this.#isActive || roster === undefined || rank === null) return
    if (this.#preparation === undefined) return
    if (isComplete(roster, this.job.nodes) || roster.started) this.#readyTraining(rank)
    await this.#connect()
    if (roster.started && this.#loop === undefined) {
      if (this.state === 'gathering') await this.#setState('training', null)
      this.#loop = startLoop((signal) => this.#train(signal))
    } else if (this.owner !== null && !roster.started && isComplete(roster, this.job.nodes)) {
      // Not awaited: it waits for the turn of the change that brought us here.
      void this.owner.startWhenComplete().catch((error: unknown) => this.#fail(error))
    }
  }

  /** From now on frames of the members are taken, even before training begins here. */
  #readyTraining(rank: number): void {
    const { network, clock, wire } = this.#context
    this.#training ??= new Training({
      run: this.id,
      job: this.job,
      rank,
      book: this.#book,
      preparation: this.#preparation!,
      resumeFrom: this.#resumeFrom,
      network,
      rounds: wire.rounds,
      catchUp: wire.catchUp,
      clock,
    })
    // Loading takes seconds and may as well pass while the others are being told.
    this.#preparation!.model().catch(() => {})
  }

  async #connect(): Promise<void> {
    const members = this.#book.roster!.members.filter((member) => !member.left)
    const near = new Set(this.#training?.neighbours() ?? [])
    const wanted = members.filter(
      ({ rank, peerId }) => near.has(rank) || this.#owners.includes(peerId),
    )
    await this.#context.network.keepConnected(this.id, wanted)
  }

  async #train(signal: AbortSignal): Promise<void> {
    try {
      const state = await this.#training!.run((report, next) => this.#onRound(report, next), {
        signal,
      })
      await this.#finish(state, signal)
    } catch (error) {
      if (!signal.aborted) await this.#fail(error)
    }
  }

  async #onRound(report: RoundReport, state: LearnerState): Promise<void> {
    const entry = { type: 'round', report } as const
    this.#ledger.add(entry)
    await this.#files.metrics.append(report)
    await this.#events.add(entry)
    this.#outbox?.add(entry)
    if (state.round % this.job.checkpoint.every === 0) await this.#files.checkpoints.save(state)
  }

  async #finish(state: LearnerState, signal: AbortSignal): Promise<void> {
    const { layout } = this.#preparation!
    await this.#files.checkpoints.save(state)
    await this.#files.writeFinal(
      encodeSafetensors({
        tensors: layout.entries.map((entry) => ({
          name: entry.name,
          shape: entry.shape,
          values: viewOf(state.parameters, entry),
        })),
        metadata: { run: this.id, name: this.job.name, rounds: String(state.round) },
      }),
    )
    const rank = this.#rank!
    const final: FinalReport = {
      rank,
      parametersSha256: finalDigest(state),
      parameters: layout.size,
      peakRssBytes: this.#context.peakMemory(),
    }
    this.#facts = { ...this.#facts, final }
    const entry = { type: 'final', final } as const
    this.#ledger.add(entry)
    this.#outbox?.add(entry)
    if (this.owner !== null) {
      await this.#files.reports.append(entry)
      await this.#awaitLastReports(signal)
    }
    await this.#setState('finished', null)
  }

  /** An owner's result is whole when every member's last report is there. */
  async #awaitLastReports(signal: AbortSignal): Promise<void> {
    const { clock, network } = this.#context
    const deadline = clock.now() + LAST_REPORTS_SECONDS
    const isAwaited = ({ rank, peerId, left }: { rank: number; peerId: string; left: boolean }) =>
      !left && !this.#ledger.hasFinal(rank) && network.isConnected(peerId)
    while (clock.now() < deadline && this.#book.roster!.members.some(isAwaited)) {
      await clock.sleep(0.1, { signal })
    }
  }

  /** Asks the owners for the newest roster: often before training, seldom during it. */
  async #watchOwners(signal: AbortSignal): Promise<void> {
    const { clock, network, wire } = this.#context
    while (!signal.aborted && this.#isActive) {
      for (const owner of this.#owners.filter((peerId) => network.isConnected(peerId))) {
        const roster = await wire.membership.poll(owner, this.id, { signal }).catch(() => undefined)
        if (roster !== undefined) await this.takeRoster(roster).catch(() => {})
      }
      const seconds = this.state === 'training' ? POLL_SECONDS.training : POLL_SECONDS.gathering
      await clock.sleep(seconds, { signal }).catch(() => {})
    }
  }

  /** Tells an owner, or as an owner everybody, that this node goes or is back. Nobody may be there to hear it. */
  async #tellPresence(isPresent: boolean): Promise<void> {
    const { network, wire } = this.#context
    if (this.#rank === null) return
    if (this.owner !== null) {
      await this.owner.presence(network.peerId, isPresent)
      return
    }
    for (const owner of this.#owners) {
      const answer = await wire.membership
        .presence(owner, this.id, isPresent)
        .catch(() => undefined)
      if (answer !== undefined) return this.takeRoster(answer)
    }
  }

  #pace(): { round: number; secondsPerRound: number } {
    const round = this.#training?.round ?? 0
    return { round, secondsPerRound: this.#ledger.secondsPerRound(this.#rank ?? -1) }
  }

  async #setState(state: RunState, reason: string | null): Promise<void> {
    this.#facts = { ...this.#facts, state, reason }
    await this.#files.writeFacts(this.#facts)
    await this.#events.add({ type: 'state', state, reason })
    this.#context.log('info', { run: this.id, state, reason }, 'run')
  }

  async #fail(error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error)
    this.#context.log('error', { run: this.id, err: error }, 'a run failed')
    await this.#setState('failed', reason)
  }

  async #note(level: 'info' | 'warn' | 'error', message: string): Promise<void> {
    this.#context.log(level, { run: this.id }, message)
    await this.#events.add({ type: 'log', level, message })
  }
}

function startLoop(work: (signal: AbortSignal) => Promise<void>): Loop {
  const controller = new AbortController()
  return { controller, done: work(controller.signal) }
}
