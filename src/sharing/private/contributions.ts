/** The sender's part of a round: this node's contributions to the sums of its neighbours. */
import {
  type ByRank,
  type Confirmed,
  type Joined,
  type Keystream,
  type MaskedVector,
  NotFiniteError,
  type Reveal,
  type Ring,
  type RingWidth,
  SEED_BYTES,
  type Sent,
  SumRefusedError,
  selfKey,
  type Voted,
} from '../../../crypto/index.ts'
import { gather } from '../pull.ts'
import type { PrivatePorts } from './interface.ts'
import type { Confirmation, Go, Roster } from './letter.ts'
import { blocksHash, joinSum } from './opening.ts'
import { advance, mapped } from './phases.ts'
import { weightBeforehand, wordsFor } from './ring-vectors.ts'
import type { RoundSelection } from './selection.ts'
import type { Session, Standing } from './session.ts'

export interface ContributionsInit {
  readonly ports: PrivatePorts
  readonly session: Session
  readonly standing: Standing | null
  readonly round: number
  readonly self: number
  readonly targets: readonly number[]
  readonly ring: Ring
  readonly minMaskers: number
  readonly selection: RoundSelection<unknown>
}

export class Contributions {
  readonly #init: ContributionsInit
  #joined: ReadonlyMap<number, Joined> = new Map()
  #confirmed: ReadonlyMap<number, Confirmed> = new Map()
  #sent: ReadonlyMap<number, Sent> = new Map()
  #voted: ReadonlyMap<number, Voted> = new Map()
  #reveals: ReadonlyMap<number, Reveal> = new Map()
  /** By receiver, what it gets. */
  readonly #blocks = new Map<number, Uint32Array>()
  #values = 0
  #clipped = 0

  constructor(init: ContributionsInit) {
    this.#init = init
  }

  /** In an epoch's first round: this node's mask key, for everyone. */
  keys(): Map<number, Uint8Array> {
    const { standing, targets } = this.#init
    if (standing === null) return new Map()
    const { envelope } = standing.keys.announcement
    return new Map(targets.map((target) => [target, envelope]))
  }

  /** Joins the sums that keep the rules. */
  takeRosters(heard: ByRank<Roster>): void {
    const { standing, selection } = this.#init
    if (standing === null) return
    const joined = advance(heard, heard, (_, roster, receiver) =>
      joinSum(this.#init, standing, receiver, roster, blocksHash(selection.drawn(receiver))),
    )
    this.#joined = new Map(
      [...joined].flatMap(([rank, sum]) => (sum === null ? [] : [[rank, sum]])),
    )
  }

  /** Tags for the partners, and masked scores. Nothing from a node with a value that is infinite or not a number. */
  confirmations(): Map<number, Confirmation> {
    const { selection } = this.#init
    try {
      return new Map(
        [...this.#joined].map(([receiver, { tags, scores }]) => {
          const words = selection.scores(receiver)
          return [receiver, words === undefined ? { tags } : { tags, scores: scores(words) }]
        }),
      )
    } catch (error) {
      if (!(error instanceof NotFiniteError)) throw error
      this.#joined = new Map()
      return new Map()
    }
  }

  takeGo(heard: ByRank<Go>): void {
    const { selection } = this.#init
    this.#confirmed = advance(this.#joined, heard, (joined, { tags, blocks }, receiver) => {
      if (blocks !== undefined && !selection.accepts(receiver, blocks)) {
        throw new SumRefusedError(`node ${receiver} asks for blocks that are not due`)
      }
      this.#blocks.set(receiver, blocks ?? selection.drawn(receiver))
      return joined.confirm(tags)
    })
  }

  /** The masked vectors. From here on this node's part in these sums is on record, whatever happens. */
  vectors(): Map<number, MaskedVector> {
    const { ports, round } = this.#init
    const words = this.#words()
    if (words.size > 0) ports.journal.claim(round, [...words.keys()])
    this.#sent = new Map(
      [...words].map(([receiver, vector]) => {
        const confirmed = this.#confirmed.get(receiver)!
        const indices = blocksHash(this.#blocks.get(receiver)!)
        return [receiver, confirmed.mask(vector, ports.secret(SEED_BYTES), indices)]
      }),
    )
    return mapped(this.#sent, ({ vector }) => vector)
  }

  takeSurvivors(heard: ByRank<readonly number[]>): void {
    const { session, round } = this.#init
    this.#voted = advance(this.#sent, heard, (sent, survivors, receiver) => {
      const voted = sent.vote(survivors)
      session.membershipOf(receiver).settle(round, survivors)
      return voted
    })
  }

  votes(): Map<number, ByRank<Uint8Array>> {
    return mapped(this.#voted, ({ votes }) => votes)
  }

  takeVotes(heard: ByRank<ByRank<Uint8Array>>): void {
    this.#reveals = advance(this.#voted, heard, (voted, votes) => voted.reveal(votes))
  }

  reveals(): ReadonlyMap<number, Reveal> {
    return this.#reveals
  }

  /** The blocks that this node has opened its part of, for each receiver. */
  get delivered(): readonly Uint32Array[] {
    return [...this.#reveals.keys()].map((receiver) => this.#blocks.get(receiver)!)
  }

  /** Receivers to which nothing was sent. */
  get refusedReceivers(): number {
    return this.#init.targets.length - this.#sent.size
  }

  /** Share of the values sent that was cut to the ring's range, 0..1. */
  get clippedShare(): number {
    return this.#values === 0 ? 0 : this.#clipped / this.#values
  }

  /** None at all where a value is infinite or not a number: such a model must not be mixed in anywhere. */
  #words() {
    const { ports, round, self, ring, selection } = this.#init
    const words = new Map<number, MaskedVector['words']>()
    for (const receiver of this.#confirmed.keys()) {
      const indices = selection.indicesOf(this.#blocks.get(receiver)!)
      const values = gather(selection.coefficients, indices)
      const weight = weightBeforehand(ports.roll, receiver, self, round)
      try {
        const { words: quantised, clipped } = wordsFor(
          ring,
          values,
          weight,
          this.#dither(ring.width),
        )
        words.set(receiver, quantised)
        this.#values += values.length
        this.#clipped += clipped
      } catch (error) {
        if (error instanceof NotFiniteError) return new Map<number, MaskedVector['words']>()
        throw error
      }
    }
    return words
  }

  /** What a short ring's rounding is decided by. */
  #dither(width: RingWidth): Keystream | undefined {
    if (width === 32) return undefined
    const { suite, secret } = this.#init.ports
    const { key, nonce } = selfKey(suite, secret(SEED_BYTES), 'mask')
    return suite.keystream(key, nonce)
  }
}
