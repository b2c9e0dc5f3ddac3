/** All runs of a node: created, joined, found on disk; and the node's answers to the protocols about them. */
import { randomBytes } from 'node:crypto'
import { equal, fromHex, sha256, toHex } from '../../crypto/index.ts'
import { type Job, jobTopology } from '../../src/learning/index.ts'
import type { CreateRunRequest, JoinRunRequest } from '../api/interface.ts'
import {
  type CatchUpInit,
  MAX_ADDRESSES,
  type MembershipInit,
  publicKeyOf,
  RefusedError,
  type ReportsInit,
  type RoundsInit,
  SECRET_BYTES,
} from '../network/index.ts'
import { type DataDirectory, UnknownRunError } from '../store/index.ts'
import { readCoOwners } from './co-owners.ts'
import {
  encodeToken,
  InvalidRosterError,
  type Manifest,
  readManifest,
  readToken,
  type SignedManifest,
  signManifest,
  type Token,
} from './documents/index.ts'
import {
  AlreadyJoinedError,
  CopiedIdentityError,
  EmulationOnlyError,
  NoOwnerAnswersError,
  RunMismatchError,
} from './errors.ts'
import { type Preparation, type PreparationRequest, prepare } from './preparation.ts'
import { Run } from './run.ts'
import type { RunContext } from './run-context.ts'
import type { RunFacts } from './run-facts.ts'

const DEFAULT_TOKEN_SECONDS = 24 * 60 * 60

export class Runs {
  readonly #directory: DataDirectory
  readonly #runs = new Map<string, Run>()
  #context: RunContext | undefined

  constructor(directory: DataDirectory) {
    this.#directory = directory
  }

  /** What the protocols ask; may be called before `open`, and then knows of no run. */
  readonly answers: MembershipInit & RoundsInit & CatchUpInit & ReportsInit = {
    fetch: (run, secret) => {
      const found = this.#asked(run)
      this.#ownerOf(found).checkSecret(secret)
      return found.manifestBytes
    },
    join: (run, peerId, claim) => this.#ownerOf(this.#asked(run)).join(peerId, claim),
    presence: (run, peerId, isPresent) =>
      this.#ownerOf(this.#asked(run)).presence(peerId, isPresent),
    announce: async (run, _peerId, roster) => {
      const found = this.#asked(run)
      try {
        await found.takeRoster(roster)
      } catch (error) {
        if (error instanceof InvalidRosterError) throw new RefusedError(error.message)
        throw error
      }
      return found.rosterBytes
    },
    poll: (run, peerId) => {
      const found = this.#asked(run)
      if (!found.isMember(peerId)) throw new RefusedError('you are no member of this run')
      return found.rosterBytes
    },
    receiverOf: (run, peerId) => this.#runs.get(run)?.receiverOf(peerId),
    snapshotFor: async (run, peerId) => this.#runs.get(run)?.snapshotFor(peerId),
    mayGive: async (run, bytes) => (await this.#runs.get(run)?.mayGive(bytes)) ?? true,
    rankOf: (run, peerId) => this.#runs.get(run)?.reporterRank(peerId),
    store: async (run, reports) => this.get(run).storeReports(reports),
    reportRefused: (run, peerId, { reason }) =>
      this.#context?.log('warn', { run, peerId, reason }, 'a report of a member is refused'),
  }

  /** Reads the runs from disk and goes on with those that were under way. */
  async open(context: RunContext): Promise<void> {
    this.#context = context
    for (const id of await this.#directory.runIds()) {
      try {
        const files = await this.#directory.openRun<never, never, never>(id)
        const signed = readManifest(await files.readManifest(), id)
        this.#runs.set(id, await Run.open(context, files, signed))
      } catch (error) {
        context.log('error', { run: id, err: error }, 'a run cannot be read and is left out')
      }
    }
    for (const run of this.#runs.values()) {
      // Runs that cannot go on have noted why; the others should not wait for them.
      void run.start().catch(() => {})
    }
  }

  /** In the order in which they came to this node. */
  all(): readonly Run[] {
    return [...this.#runs.values()].sort((a, b) => a.createdAt.localeCompare(b.createdAt))
  }

  /** @throws {UnknownRunError} */
  get(id: string): Run {
    const run = this.#runs.get(id)
    if (run === undefined) throw new UnknownRunError(id)
    return run
  }

  /** Makes a run with this node as its owner and first member. */
  async create(request: CreateRunRequest): Promise<{ run: Run; token: string }> {
    const context = this.#ready()
    const job = travelling(request.job)
    const { dataPath, modelPath, jobFolder } = request
    const paths = { dataPath, modelPath, jobFolder }
    const { peerId } = context.network
    const coOwners = readCoOwners(request.owners ?? [], peerId)
    // What cannot work is better said now than to everybody who joins.
    requireMasks(job)
    jobTopology(job)
    const preparation = await prepare({ job, ...paths }, context.places)
    preparation.examplesOf(0)

    const secret = new Uint8Array(randomBytes(SECRET_BYTES))
    const createdAt = context.now()
    const tokenSeconds = request.tokenSeconds ?? DEFAULT_TOKEN_SECONDS
    const expiresAt = new Date(createdAt.getTime() + tokenSeconds * 1000)
    const { layout, shape, model } = preparation.digests
    const signed = signManifest(context.identity, {
      version: 1,
      job,
      layoutSha256: toHex(layout),
      shapeSha256: toHex(shape),
      modelSha256: model === undefined ? null : toHex(model),
      owners: [peerId, ...coOwners.map((owner) => owner.peerId)].map((id) =>
        toHex(publicKeyOf(id)!),
      ),
      secretSha256: toHex(sha256(secret)),
      joinUntil: expiresAt.toISOString(),
      createdAt: createdAt.toISOString(),
    })
    const run = await this.#add(signed, preparation, paths)
    const addresses = context.network.addresses().slice(0, MAX_ADDRESSES)
    await run.owner!.found({ addresses: [...addresses], ownData: preparation.hasOwnData })
    const token = { run: fromHex(run.id), secret, expiresAt, peerId, addresses, coOwners }
    return { run, token: encodeToken(token) }
  }

  /**
   * Takes part in another node's run.
   * @throws {InvalidTokenError | ExpiredTokenError | CopiedIdentityError | PeerUnreachableError |
   * NoOwnerAnswersError | RefusedError | RunMismatchError}
   */
  async join(request: JoinRunRequest): Promise<Run> {
    const context = this.#ready()
    const { network, wire } = context
    const { dataPath, modelPath } = request
    const token = readToken(request.token, context.now())
    const id = toHex(token.run)
    if (this.#runs.has(id)) throw new AlreadyJoinedError(id)
    if (token.peerId === network.peerId) throw new CopiedIdentityError(token.peerId)
    const { owner, signed } = await this.#askOwners(token)
    const { job } = signed.manifest
    requireMasks(job)
    const preparation = await prepare({ job, dataPath, modelPath }, context.places)
    try {
      requireSame(preparation, signed.manifest)
      // Known before it is asked for: the owner may announce the start before its answer is here.
      const run = await this.#add(signed, preparation, { dataPath, modelPath })
      const { digests, hasOwnData } = preparation
      const addresses = [...network.addresses().slice(0, MAX_ADDRESSES)]
      const claim = { ...digests, secret: token.secret, addresses, ownData: hasOwnData }
      await run.takeRoster(await wire.membership.join(owner, id, claim))
      return run
    } catch (error) {
      await this.#discard(id)
      await preparation.dispose()
      throw error
    }
  }

  /** Checkpoints and ends all runs; they go on when the node is started again. */
  async close(): Promise<void> {
    await Promise.allSettled(this.all().map((run) => run.close()))
  }

  /** The manifest from the first of the run's owners that has it: the creator, where it can be reached. */
  async #askOwners(token: Token): Promise<{ owner: string; signed: SignedManifest }> {
    const { network, wire } = this.#ready()
    const id = toHex(token.run)
    const failures: { owner: string; error: unknown }[] = []
    for (const owner of [token, ...token.coOwners]) {
      const { peerId } = owner
      if (peerId === network.peerId) continue
      try {
        await network.connect(owner)
        const bytes = await wire.membership.fetch(peerId, id, token.secret)
        return { owner: peerId, signed: readManifest(bytes, id) }
      } catch (error) {
        failures.push({ owner: peerId, error })
      }
    }
    if (failures.length === 1) throw failures[0]!.error
    throw new NoOwnerAnswersError(
      failures.map(({ owner, error }) => `${owner}: ${(error as Error).message}`),
    )
  }

  async #add(
    signed: SignedManifest,
    preparation: Preparation,
    { dataPath, modelPath, jobFolder }: Omit<PreparationRequest, 'job'>,
  ): Promise<Run> {
    const context = this.#ready()
    const { job, owners } = signed.manifest
    const facts: RunFacts = {
      role: owners.includes(toHex(context.identity.publicKey)) ? 'owner' : 'member',
      state: 'gathering',
      reason: null,
      createdAt: context.now().toISOString(),
      parameters: preparation.layout.size,
      final: null,
      ...(dataPath !== undefined && { dataPath }),
      ...(modelPath !== undefined && { modelPath }),
      ...(jobFolder !== undefined && { jobFolder }),
    }
    await this.#directory.createRun(signed.run, { manifest: signed.bytes, job, facts })
    const files = await this.#directory.openRun<never, never, never>(signed.run)
    const run = await Run.open(context, files, signed)
    this.#runs.set(signed.run, run)
    await run.start(preparation)
    return run
  }

  async #discard(id: string): Promise<void> {
    await this.#runs.get(id)?.close()
    if (this.#runs.delete(id)) await this.#directory.removeRun(id)
  }

  #ready(): RunContext {
    if (this.#context === undefined) throw new Error('runs are used before they are opened')
    return this.#context
  }

  #asked(id: string): Run {
    const run = this.#runs.get(id)
    if (run === undefined) throw new RefusedError('there is no such run here')
    return run
  }

  #ownerOf(run: Run) {
    if (run.owner === null) throw new RefusedError('this node is not an owner of the run')
    return run.owner
  }
}

/** The job as others may see it: of the user's model file only the name, not where it lies on this machine. */
function travelling(job: Job): Job {
  if (!('file' in job.model)) return job
  return { ...job, model: { ...job.model, file: job.model.file.replace(/^.*[\\/]/, '') } }
}

/** @throws {EmulationOnlyError} for a comparison without masks, which must not meet real data */
function requireMasks({ privacy }: Job): void {
  if (privacy.secureAggregation === 'off-same-ring') throw new EmulationOnlyError()
}

/** The owner checks as well; this side knows better what is to be done about it. */
function requireSame({ digests }: Preparation, manifest: Manifest): void {
  if (!equal(digests.shape, fromHex(manifest.shapeSha256))) {
    throw new RunMismatchError(
      "data's shape",
      'Check that the data path holds the same kind of data as the job names.',
    )
  }
  if (toHex(digests.model ?? new Uint8Array()) !== (manifest.modelSha256 ?? '')) {
    throw new RunMismatchError('model file', 'Get the very same file from the owner.')
  }
  if (!equal(digests.layout, fromHex(manifest.layoutSha256))) {
    throw new RunMismatchError('model layout', 'Use the same version of Starling as the owner.')
  }
}
