/** The sender's part of a round: this node's contributions to the sums of its neighbours. */
import {
  type ByRank,
  type Confirmed,
  type Joined,
  type MaskedVector,
  NotFiniteError,
  type Reveal,
  type Ring,
  SEED_BYTES,
  type Sent,
  SumRefusedError,
  type Voted,
} from '../../../crypto/index.ts'
import { gather } from '../pull.ts'
import type { PrivatePorts } from './interface.ts'
import type { Confirmation, Go, Roster } from './letter.ts'
import { blocksHash, joinSum } from './opening.ts'
import { advance, mapped } from './phases.ts'
import { expectHidden, Refusals } from './refusals.ts'
import { wordsFor } from './ring-vectors.ts'
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
  readonly #claimed = new Set<number>()
  /** By receiver, whom its sum is over, as far as this node has been told. */
  #lists: ByRank<readonly number[]> = new Map()
  readonly #refusals: Refusals
  #values = 0
  #clipped = 0

  constructor(init: ContributionsInit) {
    this.#init = init
    this.#refusals = new Refusals(init.targets)
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
    const join = (_: Roster, roster: Roster, receiver: number) => {
      const indices = blocksHash(selection.drawn(receiver))
      return joinSum(this.#init, standing, receiver, roster, indices)
    }
    const joined = advance(heard, heard, join, this.#refusals.note)
    // All partners have shown their keys: none is let in before the next epoch.
    standing.keys.seal()
    // Who cools down has had a sum over more, of late: it is taken to sum all its senders.
    const summing = [...heard].filter(([receiver]) => joined.get(receiver) !== null)
    this.#lists = new Map(summing.map(([rank, { participants }]) => [rank, participants]))
    const exposing = this.#exposing()
    const hide = (sum: Joined | null, _: unknown, receiver: number) => {
      if (sum !== null) expectHidden(exposing, receiver)
      return sum
    }
    const hidden = advance(joined, heard, hide, this.#refusals.note)
    this.#joined = new Map(
      [...hidden].flatMap(([rank, sum]) => (sum === null ? [] : [[rank, sum]])),
    )
  }

  /** Tags for the partners, and masked scores: of these, too, each receiver gets one vector and never another. */
  confirmations(): Map<number, Confirmation> {
    const { selection } = this.#init
    const scored = [...this.#joined.keys()].map((rank) => [rank, selection.scores(rank)] as const)
    this.#claim(scored.flatMap(([rank, words]) => (words === undefined ? [] : [rank])))
    return new Map(
      scored.map(([receiver, words]) => {
        const { tags, scores } = this.#joined.get(receiver)!
        return [receiver, words === undefined ? { tags } : { tags, scores: scores(words) }]
      }),
    )
  }

  takeGo(heard: ByRank<Go>): void {
    const { selection } = this.#init
    const confirm = (joined: Joined, { tags, blocks }: Go, receiver: number) => {
      if (blocks !== undefined && !selection.accepts(receiver, blocks)) {
        throw new SumRefusedError(`node ${receiver} asks for blocks that are not due`)
      }
      this.#blocks.set(receiver, blocks ?? selection.drawn(receiver))
      return joined.confirm(tags)
    }
    this.#confirmed = advance(this.#joined, heard, confirm, this.#refusals.note)
  }

  /** The masked vectors. From here on this node's part in these sums is on record, whatever happens. */
  vectors(): Map<number, MaskedVector> {
    const { ports } = this.#init
    const words = this.#words()
    this.#claim([...words.keys()])
    this.#sent = new Map(
      [...words].map(([receiver, vector]) => {
        const confirmed = this.#confirmed.get(receiver)!
        const indices = blocksHash(this.#blocks.get(receiver)!)
        return [receiver, confirmed.mask(vector, ports.secret(SEED_BYTES), indices)]
      }),
    )
    return mapped(this.#sent, ({ vector }) => vector)
  }

  /** Votes where the sum of the survivors shows nobody, neither by earlier sums nor by those of the other receivers. */
  takeSurvivors(heard: ByRank<readonly number[]>): void {
    const { session, round } = this.#init
    const told = [...heard].filter(([receiver]) => this.#sent.has(receiver))
    this.#lists = new Map([...this.#lists, ...told])
    const exposing = this.#exposing()
    const vote = (sent: Sent, survivors: readonly number[], receiver: number) => {
      session.membershipOf(receiver).allow(round, survivors)
      expectHidden(exposing, receiver)
      return sent.vote(survivors)
    }
    this.#voted = advance(this.#sent, heard, vote, this.#refusals.note)
  }

  votes(): Map<number, ByRank<Uint8Array>> {
    return mapped(this.#voted, ({ votes }) => votes)
  }

  takeVotes(heard: ByRank<ByRank<Uint8Array>>): void {
    const { session, round } = this.#init
    const reveal = (voted: Voted, votes: ByRank<Uint8Array>, receiver: number) => {
      const opening = voted.reveal(votes)
      session.membershipOf(receiver).settle(round, this.#lists.get(receiver)!)
      return opening
    }
    this.#reveals = advance(this.#voted, heard, reveal, this.#refusals.note)
  }

  reveals(): ReadonlyMap<number, Reveal> {
    return this.#reveals
  }

  /** Wipes what opens this round's vectors, when all that is to be opened has been. */
  close(): void {
    for (const sent of this.#sent.values()) sent.close()
  }

  /** By receiver, the blocks that this node has opened its part of. */
  get delivered(): ByRank<Uint32Array> {
    return new Map([...this.#reveals.keys()].map((rank) => [rank, this.#blocks.get(rank)!]))
  }

  /** Receivers to which nothing was sent, or nothing opened. */
  get refusedReceivers(): number {
    return this.#refusals.count((receiver) => this.#sent.has(receiver))
  }

  get refusals(): readonly string[] {
    return this.#refusals.reasons
  }

  /** Share of the values sent that was cut to the ring's range, 0..1. */
  get clippedShare(): number {
    return this.#values === 0 ? 0 : this.#clipped / this.#values
  }

  /** The receivers that could tell a node's vector from the sums that this node knows of. */
  #exposing(): readonly number[] {
    const { ports, round, self, standing } = this.#init
    const lists = new Map(this.#lists).set(self, standing?.senders ?? [])
    return ports.roll.exposing(lists, round)
  }

  /** Notes for good, and before it happens, that something is sent to these receivers. */
  #claim(receivers: readonly number[]): void {
    const { ports, round } = this.#init
    const unclaimed = receivers.filter((receiver) => !this.#claimed.has(receiver))
    if (unclaimed.length > 0) ports.journal.claim(round, unclaimed)
    for (const receiver of unclaimed) this.#claimed.add(receiver)
  }

  /** None at all where a value is infinite or not a number: such a model must not be mixed in anywhere. */
  #words() {
    const { ports, round, self, ring, selection } = this.#init
    const words = new Map<number, MaskedVector['words']>()
    for (const receiver of this.#confirmed.keys()) {
      const indices = selection.indicesOf(this.#blocks.get(receiver)!)
      const values = gather(selection.coefficients, indices)
      try {
        const quantised = wordsFor(ports, ring, values, { round, receiver, sender: self })
        words.set(receiver, quantised.words)
        this.#values += values.length
        this.#clipped += quantised.clipped
      } catch (error) {
        if (error instanceof NotFiniteError) return new Map<number, MaskedVector['words']>()
        throw error
      }
    }
    return words
  }
}
