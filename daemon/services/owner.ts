/** What only an owner does: decide who is in, and sign the rosters that say so. */
import { equal, sha256, toHex } from '../../crypto/index.ts'
import { isPrivate, jobTopology } from '../../src/learning/index.ts'
import { ImpossibleTopologyError } from '../../src/topology/index.ts'
import { type JoinClaim, MAX_MEMBERS, RefusedError } from '../network/index.ts'
import {
  type Manifest,
  type Member,
  type Roster,
  type RosterBook,
  type SignedRoster,
  signRoster,
} from './documents/index.ts'
import type { RunContext } from './run-context.ts'

export interface OwnerInit {
  readonly run: string
  readonly manifest: Manifest
  readonly book: RosterBook
  readonly context: RunContext
  /** Own next round and the mean seconds of a round, for changes that take effect later. */
  pace(): { readonly round: number; readonly secondsPerRound: number }
  /** Takes a roster that was just signed, as if it had come from the network. */
  accept(signed: SignedRoster): Promise<void>
}

/** A new place takes effect when even a slow member has heard of it: so many seconds of rounds, and some more. */
const NOTICE_SECONDS = 3
const NOTICE_ROUNDS = 4

/** A member that does not answer before the start is asked again this often. */
const ANNOUNCE_ATTEMPTS = 3
const ANNOUNCE_PAUSE_SECONDS = 1

export class Owner {
  readonly #init: OwnerInit
  /** Changes are made one after the other: each builds on the epoch before. */
  #last: Promise<unknown> = Promise.resolve()
  /** The newest place given here, and the epoch that says so. */
  #placed: { readonly epoch: number; readonly member: Member } | undefined

  constructor(init: OwnerInit) {
    this.#init = init
  }

  /** The first roster, with the owner alone. */
  found(self: Pick<Member, 'addresses' | 'ownData'>): Promise<void> {
    const { network } = this.#init.context
    const first = { ...self, peerId: network.peerId, rank: 0, left: false }
    return this.#inTurn(() => this.#issue({ members: [first] }))
  }

  /** @throws {RefusedError} unless the token holds. Compared in constant time, on hashes. */
  checkSecret(secret: Uint8Array): void {
    const { manifest, context } = this.#init
    const isRight = equal(new TextEncoder().encode(manifest.secretSha256), hexOf(secret))
    if (!isRight) throw new RefusedError('the token is not one of this run')
    if (context.now() > new Date(manifest.joinUntil)) {
      throw new RefusedError(`the token expired at ${manifest.joinUntil}`)
    }
  }

  /** Gives a node a place. @returns the roster that holds it. @throws {RefusedError} with the reason. */
  join(peerId: string, claim: JoinClaim): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      this.checkSecret(claim.secret)
      this.#checkClaim(claim)
      const known = this.#init.book.memberOf(peerId)
      if (known !== undefined) this.#checkAlone(known, claim)
      const { addresses, ownData } = claim
      const rank = known?.rank ?? this.#placeFor(claim)
      await this.#place({ peerId, rank, addresses: [...addresses], ownData, left: false })
      return this.#init.book.newest!.bytes
    })
  }

  /** Notes that a member went, or is back. */
  presence(peerId: string, isPresent: boolean): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { book } = this.#init
      const member = book.memberOf(peerId)
      if (member === undefined) throw new RefusedError('you are no member of this run')
      if (member.left === isPresent) await this.#place({ ...member, left: !isPresent })
      return book.newest!.bytes
    })
  }

  /** Starts training once every place of the job is taken; does nothing before, or when it has started. */
  async startWhenComplete(): Promise<void> {
    const { book, manifest } = this.#init
    await this.#inTurn(async () => {
      const roster = book.roster!
      if (roster.started || !isComplete(roster, manifest.job.nodes)) return
      // All must know each other before anybody sends: a frame to a node that knows of no roster is lost.
      await this.#announce(ANNOUNCE_ATTEMPTS)
      if (!book.roster!.started) await this.#issue({ started: true })
    })
  }

  /**
   * Of two owners' rosters of the same epoch one holds. Where it is another's, whoever got a place here in the one that
   * does not is given one again.
   */
  restore(): Promise<void> {
    return this.#inTurn(async () => {
      const { book } = this.#init
      const { epoch } = book.roster!
      const placed = this.#placed
      if (placed?.epoch !== epoch || book.memberOf(placed.member.peerId) !== undefined) return
      await this.#place({ ...placed.member, rank: this.#placeFor(placed.member) })
    })
  }

  /** Tells all members of the newest roster; those that cannot be told will ask. */
  async #announce(attempts = 1): Promise<void> {
    const { book, run, context } = this.#init
    const { roster, bytes } = book.newest!
    await Promise.all(
      roster.members.map(async ({ peerId, left }) => {
        if (left || peerId === context.network.peerId) return
        for (let attempt = 1; attempt <= attempts; attempt++) {
          try {
            await context.wire.membership.announce(peerId, run, bytes)
            return
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error)
            context.log('info', { run, peerId, reason }, 'a member could not be told of a roster')
            if (attempt < attempts) await context.clock.sleep(ANNOUNCE_PAUSE_SECONDS)
          }
        }
      }),
    )
  }

  /**
   * Two machines with one identity would take each other's messages. The second one is told by what it brings: another
   * set of addresses, while the first one's connection is still open.
   */
  #checkAlone(known: Member, claim: JoinClaim): void {
    const { peerId, left } = known
    const isSame = [...known.addresses].sort().join() === [...claim.addresses].sort().join()
    const connected = this.#init.context.network.peers().find((peer) => peer.peerId === peerId)
    if (left || isSame || (connected?.addresses.length ?? 0) < 2) return
    throw new RefusedError(
      'your identity is already taking part, from another daemon: a data directory or its identity.key was copied. ' +
        'Give this machine an identity of its own: stop its daemon, remove identity.key from its data directory, ' +
        'start it again',
    )
  }

  #checkClaim({ layout, shape, model }: JoinClaim): void {
    const { layoutSha256, shapeSha256, modelSha256 } = this.#init.manifest
    if (toHex(shape) !== shapeSha256) {
      throw new RefusedError('the shape of your data differs from the run’s')
    }
    if (modelSha256 !== (model === undefined ? null : toHex(model))) {
      throw new RefusedError('your copy of the model file differs from the owner’s')
    }
    if (toHex(layout) !== layoutSha256) {
      throw new RefusedError(
        'your model has another layout than the run’s; use the same version of Starling',
      )
    }
  }

  /** The rank for a newcomer: a place that was left, the next one of the job, or a new one for its own data. */
  #placeFor({ ownData }: Pick<JoinClaim, 'ownData'>): number {
    const { book, manifest } = this.#init
    const { members, started } = book.roster!
    const vacant = members.find((member) => member.left)
    if (vacant !== undefined) return vacant.rank
    const next = members.length
    if (next < manifest.job.nodes) return next
    if (!started) throw new RefusedError('all places are taken; training is about to start')
    if (isPrivate(manifest.job)) {
      throw new RefusedError('a private run keeps its graph, and all its places are taken')
    }
    if (!ownData) {
      throw new RefusedError(
        `all ${manifest.job.nodes} shares of the data set are taken; join with data of your own (--data)`,
      )
    }
    if (next >= MAX_MEMBERS) throw new RefusedError(`a run has at most ${MAX_MEMBERS} members`)
    try {
      jobTopology(manifest.job, next + 1)
    } catch (error) {
      if (!(error instanceof ImpossibleTopologyError)) throw error
      throw new RefusedError(`the run's graph has no room for another node: ${error.message}`)
    }
    return next
  }

  async #place(member: Member): Promise<void> {
    const { book, manifest, pace } = this.#init
    const { members, started, fromRound } = book.roster!
    const isNewPlace = member.rank >= members.length
    const changed = isNewPlace
      ? [...members, member]
      : members.map((other) => (other.rank === member.rank ? member : other))
    if (!isNewPlace || !started) {
      await this.#issue({ members: changed, fromRound })
    } else {
      const { round, secondsPerRound } = pace()
      const notice = NOTICE_ROUNDS + Math.ceil(NOTICE_SECONDS / Math.max(secondsPerRound, 1e-3))
      if (round + notice >= manifest.job.train.rounds) {
        throw new RefusedError('training will be over before a new node could take part')
      }
      await this.#issue({ members: changed, fromRound: round + notice })
    }
    this.#placed = { epoch: book.roster!.epoch, member }
  }

  /** Signs the next epoch, takes it and tells the others in the background. */
  async #issue(change: Partial<Pick<Roster, 'members' | 'fromRound' | 'started'>>): Promise<void> {
    const { book, run, context, accept } = this.#init
    const before = book.roster ?? {
      version: 1,
      run,
      epoch: 0,
      fromRound: 0,
      started: false,
      members: [],
    }
    const roster: Roster = { ...before, ...change, version: 1, epoch: before.epoch + 1 }
    await accept(signRoster(context.identity, roster))
    void this.#announce()
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => {})
    return done
  }
}

/** Whether every place of the job is taken by a node that is there. */
export function isComplete(roster: Roster, nodes: number): boolean {
  return roster.members.length >= nodes && roster.members.every((member) => !member.left)
}

function hexOf(secret: Uint8Array): Uint8Array {
  return new TextEncoder().encode(toHex(sha256(secret)))
}
