/** The receiver's part of a round: this node's own sum, from the roster of its senders to the words that it may mix in. */
import {
  type ByRank,
  crossed,
  type MaskedVector,
  type Party,
  type Reveal,
  type Sum,
  SumRefusedError,
  summedScores,
  unmaskedSum,
  type Words,
} from '../../../crypto/index.ts'
import type { Confirmation, Go, Roster } from './letter.ts'
import {
  blocksHash,
  type NoSum,
  type OpeningInit,
  openSum,
  rosterLetters,
  takeKeys,
} from './opening.ts'
import { mapped } from './phases.ts'
import type { RoundSelection } from './selection.ts'

export interface OwnSumInit extends OpeningInit {
  readonly selection: RoundSelection<unknown>
}

type Outcome =
  | { readonly outcome: 'adopted'; readonly sum: Words; readonly survivors: readonly number[] }
  | NoSum

export class OwnSum {
  readonly #init: OwnSumInit
  /** Whether a sum was to be made in this round. */
  #isOpened = false
  #sum: Sum | null = null
  #blocks: Uint32Array
  /** Whether the blocks were chosen by the senders' scores. */
  #isChosen = false
  #tags: ByRank<ByRank<Uint8Array>> = new Map()
  #vectors: ByRank<MaskedVector> = new Map()
  #votes: ByRank<ByRank<Uint8Array>> = new Map()
  #outcome: Outcome | null = null

  constructor(init: OwnSumInit) {
    this.#init = init
    this.#blocks = init.selection.drawn(init.self)
  }

  /** Those that this round's vectors hold. */
  get blocks(): Uint32Array {
    return this.#blocks
  }

  /** In an epoch's first round: the neighbours' mask keys. */
  takeKeys(heard: ByRank<Uint8Array>): void {
    takeKeys(this.#init, heard)
  }

  rosters(): Map<number, Roster> {
    const opened = openSum(this.#init, blocksHash(this.#blocks))
    this.#isOpened = 'sum' in opened
    if ('sum' in opened) this.#sum = opened.sum
    else this.#outcome = opened
    return rosterLetters(this.#init)
  }

  /**
   * Tags to pass on, and scores to choose by where all of them are there. Who does not confirm is out until the next
   * epoch; but where the sums could not go on without all that decline, only those who say nothing are: the others may
   * have a reason that passes, such as what another receiver sums.
   * @param isPresent whether a neighbour has said anything
   */
  takeConfirmations(heard: ByRank<Confirmation>, isPresent: (rank: number) => boolean): void {
    const { ports, selection, self } = this.#init
    const sum = this.#sum
    if (sum === null) return
    if (!this.#keepSenders((rank) => heard.has(rank))) this.#keepSenders(isPresent)
    this.#tags = mapped(heard, ({ tags }) => tags)
    if (selection.scoreCount(self) === 0) return
    // Where a score is missing the coin's blocks are as good as any.
    this.#attempt(
      () => {
        const scores = mapped(heard, ({ scores }) => scores!)
        this.#blocks = selection.choose(self, summedScores(ports.suite, sum, scores))
        this.#isChosen = true
        this.#sum = { ...sum, indices: blocksHash(this.#blocks) }
      },
      () => {},
    )
  }

  go(): Map<number, Go> {
    const asked = this.#isChosen ? { blocks: this.#blocks } : {}
    return mapped(this.#relayed(this.#tags), (tags) => ({ tags, ...asked }))
  }

  takeVectors(heard: ByRank<MaskedVector>): void {
    const { session, round, self } = this.#init
    if (this.#sum === null) return
    const arrived = this.#sum.participants.flatMap(({ rank }) => {
      const vector = heard.get(rank)
      return vector === undefined ? [] : [[rank, vector] as const]
    })
    if (arrived.length === 0) {
      this.#refuse('all its neighbours refuse this sum; their own reports say why')
      return
    }
    const survivors = arrived.map(([rank]) => rank)
    if (this.#attempt(() => session.membershipOf(self).allow(round, survivors)) === null) return
    this.#vectors = new Map(arrived)
  }

  survivors(): Map<number, readonly number[]> {
    const survivors = [...this.#vectors.keys()]
    return new Map(survivors.map((rank) => [rank, survivors]))
  }

  takeVotes(heard: ByRank<ByRank<Uint8Array>>): void {
    if (this.#sum === null) return
    const { session, round, self } = this.#init
    const survivors = [...this.#vectors.keys()]
    const silent = survivors.filter((rank) => !heard.has(rank))
    if (silent.length > 0) {
      this.#refuse(`the sum of ${survivors.length} is not opened by ${nodes(silent)}`)
      return
    }
    session.membershipOf(self).settle(round, survivors)
    this.#keepSenders((rank) => survivors.includes(rank))
    this.#votes = heard
  }

  relayedVotes(): Map<number, ByRank<Uint8Array>> {
    return this.#relayed(this.#votes)
  }

  takeReveals(heard: ByRank<Reveal>): void {
    const sum = this.#sum
    if (sum === null) return
    this.#attempt(() => {
      const { suite } = this.#init.ports
      const words = unmaskedSum(suite, sum, this.#vectors, heard)
      this.#outcome = { outcome: 'adopted', sum: words, survivors: [...this.#vectors.keys()] }
    })
  }

  /**
   * What became of the sum. Where there was to be one, those are out that did not confirm it or that it was opened
   * without; a lost letter after that costs one round. Else those are that were not heard.
   * @param isPresent whether a neighbour has kept up with every phase
   */
  finish(isPresent: (rank: number) => boolean): Outcome {
    if (!this.#isOpened) this.#keepSenders(isPresent)
    return this.#outcome ?? { outcome: 'refused', reason: 'the sum came to no end' }
  }

  #relayed(said: ByRank<ByRank<Uint8Array>>): Map<number, ByRank<Uint8Array>> {
    const heard = crossed(said)
    const participants = this.#sum?.participants ?? []
    return new Map(
      participants.flatMap(({ rank }: Party) => {
        const words = heard.get(rank)
        return words === undefined ? [] : [[rank, words] as const]
      }),
    )
  }

  /**
   * The others are out until the next epoch. False where the sums could not go on without them: then all are asked again, so
   * that what was lost to bad luck is lost once.
   */
  #keepSenders(keep: (rank: number) => boolean): boolean {
    const { session, standing, self } = this.#init
    if (standing === null) return false
    const kept = standing.senders.filter(keep)
    if (!session.membershipOf(self).mayGoOnWith(standing.epoch, kept)) return false
    standing.senders = kept
    return true
  }

  #refuse(reason: string): void {
    this.#outcome ??= { outcome: 'refused', reason }
    this.#sum = null
  }

  /** Null where the step refuses, which by default ends the round's sum. */
  #attempt<T>(
    step: () => T,
    refuse: (reason: string) => void = (reason) => this.#refuse(reason),
  ): T | null {
    try {
      return step()
    } catch (error) {
      if (!(error instanceof SumRefusedError)) throw error
      refuse(error.message)
      return null
    }
  }
}

function nodes(ranks: readonly number[]): string {
  return `${ranks.length === 1 ? 'node' : 'nodes'} ${ranks.join(', ')}`
}
