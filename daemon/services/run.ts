/** One run on this node: its documents, its state, its learner. Lives from creation or joining until removal. */
import { fromHex } from '../../crypto/index.ts'
import {
  type Job,
  type LearnerState,
  type RoundReport,
  type RunResult,
  withSketch,
} from '../../src/learning/index.ts'
import type { RunEvent, RunState, RunSummary } from '../api/interface.ts'
import { type MemberReport, peerIdOf, type Receiver, type Snapshot } from '../network/index.ts'
import {
  type Member,
  memberChanges,
  RosterBook,
  readRoster,
  type SignedManifest,
  type SignedRoster,
} from './documents/index.ts'
import { RunStateError } from './errors.ts'
import { awaitLastReports, writeLast } from './last-round.ts'
import { OwnReports } from './own-reports.ts'
import { isComplete, Owner } from './owner.ts'
import { type OwnerContact, tellPresence, watchOwners } from './owner-contact.ts'
import { type Preparation, prepare } from './preparation.ts'
import type { RunContext, RunFiles } from './run-context.ts'
import { RunRecords } from './run-records.ts'
import { snapshotOf, Training } from './training.ts'

/** Seconds in which the last reports are to reach the owners when this node stops. */
const FLUSH_SECONDS = 2

type Loop = { readonly controller: AbortController; readonly done: Promise<void> }

/** What exists only while a run is active. */
interface Activity {
  readonly preparation: Preparation
  readonly resumeFrom: LearnerState | null
  /** From the moment when all places are taken. */
  training?: Training
  /** From the start of training. */
  learning?: Loop
  watching?: Loop
}

export class Run {
  readonly id: string
  readonly owner: Owner | null
  readonly #context: RunContext
  readonly #signed: SignedManifest
  readonly #records: RunRecords
  readonly #book = new RosterBook()
  readonly #owners: readonly string[]
  readonly #reports: OwnReports
  #activity: Activity | undefined
  #lastRoster: Promise<unknown> = Promise.resolve()

  private constructor(context: RunContext, records: RunRecords, signed: SignedManifest) {
    this.id = signed.run
    this.#context = context
    this.#records = records
    this.#signed = signed
    this.#owners = signed.manifest.owners.map((key) => peerIdOf(fromHex(key)))
    const { peerId } = context.network
    this.#reports = new OwnReports({
      records,
      context,
      owners: this.#owners.filter((owner) => owner !== peerId),
      delivered: async () => {
        // One that has finished just now stays: it has a model for those that are behind.
        if (this.#activity === undefined) await context.network.keepConnected(this.id, [])
      },
    })
    this.owner = this.#owners.includes(peerId)
      ? new Owner({
          run: this.id,
          manifest: signed.manifest,
          book: this.#book,
          context,
          pace: () => ({
            round: this.#activity?.training?.round ?? 0,
            secondsPerRound: records.ledger.secondsPerRound(this.#rank ?? -1),
          }),
          accept: (roster) => this.#take(roster),
        })
      : null
  }

  /** Opens a run's folder: reads its documents and reports. Nothing runs yet. */
  static async open(context: RunContext, files: RunFiles, signed: SignedManifest): Promise<Run> {
    const run = new Run(context, await RunRecords.open(files, context), signed)
    for (const bytes of await files.readRosters()) {
      run.#book.accept(readRoster(bytes, run.id, signed.manifest))
    }
    return run
  }

  get state(): RunState {
    return this.#records.facts.state
  }

  get createdAt(): string {
    return this.#records.facts.createdAt
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

  summary(): RunSummary {
    const members = this.#book.roster?.members ?? []
    const { role, state, reason, createdAt } = this.#records.facts
    const done = this.#records.ledger.roundAfter(this.#rank ?? -1)
    return {
      id: this.id,
      name: this.job.name,
      state,
      role,
      rank: this.#rank,
      round: this.#activity?.training?.round ?? done,
      rounds: this.job.train.rounds,
      nodes: {
        expected: this.job.nodes,
        joined: members.filter((member) => !member.left).length,
      },
      createdAt,
      reason,
    }
  }

  result(): RunResult {
    const { ledger, facts } = this.#records
    // A run that gathers has fewer members than it will have, one that others have joined late has more.
    const nodes = Math.max(this.job.nodes, this.#book.roster?.members.length ?? 0)
    const parameters = facts.parameters ?? facts.final?.parameters ?? 0
    const isOver = !this.#records.isActive
    return ledger.result(this.job, { run: this.id, parameters, nodes, isOver })
  }

  events(options: { follow: boolean; signal?: AbortSignal }): AsyncIterable<RunEvent> {
    return this.#records.events.read(options)
  }

  isMember(peerId: string): boolean {
    return this.#book.memberOf(peerId) !== undefined
  }

  receiverOf(peerId: string): Receiver | undefined {
    const member = this.#book.memberOf(peerId)
    return member === undefined ? undefined : this.#activity?.training?.receiverOf(member.rank)
  }

  /** Undefined for a peer that is no member. A run that is over still helps those that are not there yet. */
  async snapshotFor(peerId: string): Promise<Snapshot | null | undefined> {
    if (!this.isMember(peerId)) return undefined
    const state =
      this.#activity?.training?.state ??
      (this.state === 'finished' ? await this.#records.loadCheckpoint() : null)
    return state && snapshotOf(this.job, state)
  }

  /** Whether the limits let a model of so many bytes go; those of a run that is not active hold nobody back. */
  async mayGive(bytes: number): Promise<boolean> {
    return (await this.#activity?.training?.mayGive(bytes)) ?? true
  }

  /** The rank under which this owner takes a peer's reports. */
  reporterRank(peerId: string): number | undefined {
    return this.owner === null ? undefined : this.#book.memberOf(peerId)?.rank
  }

  storeReports(reports: readonly MemberReport[]): Promise<void> {
    return this.#records.addReports(reports)
  }

  /**
   * Brings an active run to life: data and model, last checkpoint, and from then on whatever the roster says. Of one that
   * is over, owners get the reports that they have not got yet.
   * @throws the errors of {@link prepare}; the run is then `failed`.
   */
  async start(prepared?: Preparation): Promise<void> {
    if (!this.#records.isActive) return this.#reportLate()
    const { dataPath, modelPath, jobFolder } = this.#records.facts
    try {
      const { job } = this
      const preparation =
        prepared ?? (await prepare({ job, dataPath, modelPath, jobFolder }, this.#context.places))
      const resumeFrom = await this.#records.loadCheckpoint()
      await this.#reports.open()
      this.#activity = { preparation, resumeFrom }
    } catch (error) {
      await this.#records.fail(error)
      throw error
    }
    if (this.owner === null || this.#owners.length > 1) {
      const hasStarted = () => this.state !== 'gathering'
      this.#activity.watching = startLoop((signal) =>
        watchOwners(this.#contact, { hasStarted, signal }),
      )
    }
    await this.#advance()
  }

  /** Takes a roster from the network. @throws {InvalidRosterError} unless an owner signed it for this run. */
  async takeRoster(bytes: Uint8Array): Promise<void> {
    await this.#take(readRoster(bytes, this.id, this.#signed.manifest))
  }

  /** Ends taking part, until `resume`. The others do not wait for this node any more. */
  async stop(reason: string): Promise<void> {
    if (!this.#records.isActive) throw new RunStateError(this.id, this.state, 'stopped')
    await this.close()
    await this.#records.setState('stopped', reason)
    await this.#tellPresence(false)
    await this.#reportLate()
  }

  async resume(): Promise<void> {
    if (this.#records.isActive) return
    if (this.state === 'finished') throw new RunStateError(this.id, 'finished', 'resumed')
    await this.close()
    await this.#records.setState(this.#book.roster?.started ? 'training' : 'gathering', null)
    await this.#tellPresence(true)
    await this.start()
  }

  /** Checkpoints and ends all that runs; the state stays, so that the next start goes on. */
  async close(): Promise<void> {
    const activity = this.#activity
    if (activity === undefined) return this.#reports.close(FLUSH_SECONDS)
    // First of all: a roster that arrives now must start nothing.
    this.#activity = undefined
    const loops = [activity.learning, activity.watching].filter((loop) => loop !== undefined)
    for (const { controller } of loops) controller.abort(new Error('the run is being stopped'))
    await Promise.all(loops.map(({ done }) => done))
    const state = activity.training?.state
    if (state && this.#records.isActive) await this.#records.files.checkpoints.save(state)
    await this.#reports.close(FLUSH_SECONDS)
    await this.#context.network.keepConnected(this.id, [])
    await activity.preparation.dispose()
  }

  /** Rosters are taken one after the other, whoever brings them. */
  #take(signed: SignedRoster): Promise<void> {
    const done = this.#lastRoster.then(async () => {
      const before = this.#book.roster?.members ?? []
      if (!this.#book.accept(signed)) return
      await this.#records.files.writeRoster(signed.roster.epoch, signed.bytes)
      for (const change of memberChanges(before, signed.roster.members)) {
        await this.#records.events.add({ type: 'member', ...change })
      }
      // Not awaited: the change that brought us here may be the one before it. Who finds no place any more stays without.
      void this.owner?.restore().catch(() => {})
      await this.#advance()
    })
    this.#lastRoster = done.catch(() => {})
    return done
  }

  /** Does what the newest roster and the state call for. */
  async #advance(): Promise<void> {
    const { roster } = this.#book
    const activity = this.#activity
    const rank = this.#rank
    if (activity === undefined || roster === undefined || rank === null) return
    if (!this.#records.isActive) return
    const isWhole = isComplete(roster, this.job.nodes)
    if (isWhole || roster.started) this.#readyTraining(activity, rank)
    await this.#connect(roster.members, activity)
    if (roster.started && activity.learning === undefined) {
      if (this.state === 'gathering') await this.#records.setState('training', null)
      activity.learning = startLoop((signal) => this.#learn(activity, signal))
    } else if (this.owner !== null && !roster.started && isWhole) {
      // Not awaited: it waits for the turn of the change that brought us here.
      void this.owner.startWhenComplete().catch((error: unknown) => this.#records.fail(error))
    }
  }

  /** From now on frames of the members are taken, even before training begins here. */
  #readyTraining(activity: Activity, rank: number): void {
    const { identity, network, clock, ledger, wire } = this.#context
    const { preparation, resumeFrom } = activity
    activity.training ??= new Training({
      run: this.id,
      job: this.job,
      rank,
      book: this.#book,
      preparation,
      resumeFrom,
      network,
      rounds: wire.rounds,
      catchUp: wire.catchUp,
      ledger,
      clock,
      identity,
      slots: () => this.#records.files.openSlots(),
    })
    // Loading takes seconds and may as well pass while the others are being told. Errors show when it is used.
    preparation.model().catch(() => {})
  }

  /** Neighbours and owners are kept connected, and nobody else. */
  async #connect(members: readonly Member[], { training }: Activity): Promise<void> {
    const near = new Set(training?.neighbours() ?? [])
    const wanted = members.filter(
      ({ rank, peerId, left }) => !left && (near.has(rank) || this.#owners.includes(peerId)),
    )
    await this.#context.network.keepConnected(this.id, wanted)
  }

  /** When the run is over here: the owners that lack reports are connected until they have them. */
  async #reportLate(): Promise<void> {
    const late = this.#reports.awaiting
    const members = this.#book.roster?.members ?? []
    await this.#context.network.keepConnected(
      this.id,
      members.filter(({ peerId }) => late.includes(peerId)),
    )
    if (late.length > 0 && this.#rank !== null) await this.#reports.open()
  }

  async #learn(activity: Activity, signal: AbortSignal): Promise<void> {
    const onRound = async (round: RoundReport, state: LearnerState) => {
      const report = withSketch(this.job, round, state.parameters)
      await this.#records.addOwnRound(report)
      this.#reports.add({ type: 'round', report })
      const isDue = state.round % this.job.checkpoint.every === 0
      if (isDue) await this.#records.files.checkpoints.save(state)
    }
    try {
      const state = await activity.training!.run(onRound, { signal })
      await this.#finish(activity, state, signal)
    } catch (error) {
      if (signal.aborted) return
      await this.#records.fail(error)
      await this.#reports.noteDelivered()
    }
  }

  async #finish(activity: Activity, state: LearnerState, signal: AbortSignal): Promise<void> {
    const final = await writeLast(this.#records, state, {
      layout: activity.preparation.layout,
      name: this.job.name,
      rank: this.#rank!,
      peakRssBytes: this.#context.peakMemory(),
    })
    this.#reports.add({ type: 'final', final })
    if (this.owner !== null) {
      const members = () => this.#book.roster!.members
      await awaitLastReports(this.#records, members, this.#context, signal)
    }
    await this.#records.setState('finished', null)
    await this.#reports.noteDelivered()
    activity.watching?.controller.abort()
    await activity.preparation.dispose()
  }

  /** Tells an owner, or as an owner everybody, that this node goes or is back. */
  async #tellPresence(isPresent: boolean): Promise<void> {
    if (this.#rank === null) return
    if (this.owner === null) await tellPresence(this.#contact, isPresent)
    else await this.owner.presence(this.#context.network.peerId, isPresent)
  }

  get #contact(): OwnerContact {
    return {
      run: this.id,
      owners: this.#owners,
      context: this.#context,
      takeRoster: (bytes) => this.takeRoster(bytes),
    }
  }
}

function startLoop(work: (signal: AbortSignal) => Promise<void>): Loop {
  const controller = new AbortController()
  return { controller, done: work(controller.signal) }
}
