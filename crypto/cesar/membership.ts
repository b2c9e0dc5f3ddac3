/**
 * Who may be summed for one receiver, over rounds. Sums over sets that differ by few nodes differ by these nodes'
 * vectors, so a set changes as seldom as possible:
 *
 * - within an epoch it shrinks, and once at most: who was away comes back with the next epoch, and at most two different
 *   sets are summed in one;
 * - after a change nothing is summed for K rounds, while the vectors move on: a sum in which vectors are missing is opened
 *   only where there was none in the K rounds before it;
 * - it never has fewer nodes than the quorum, so that any two sets share an honest node, whose record holds for both.
 *
 * The receiver keeps this record for its own sum and every sender keeps one of its own for each receiver, from what it
 * is told: a receiver cannot talk a sender out of the rules.
 */
import { SumRefusedError } from './errors.ts'

export interface MembershipRules {
  /** K, rounds. */
  readonly cooldown: number
  /** Newest round of which a sum may exist that this record knows nothing of, from before the process began; −1 for none. */
  readonly lastRound: number
}

export class Membership {
  readonly #cooldown: number
  #members: readonly number[] | null = null
  #epoch = -1
  #quorum = 0
  /** The epoch in which the set has shrunk. */
  #shrunk = -1
  #lastSum: number
  #closedUntil: number

  constructor({ cooldown, lastRound }: MembershipRules) {
    this.#cooldown = cooldown
    this.#lastSum = lastRound < 0 ? Number.NEGATIVE_INFINITY : lastRound
    this.#closedUntil = this.#lastSum + 1 + cooldown
  }

  /**
   * Takes note of the participants of a round, ascending. False while the receiver cools down.
   * @param quorum how many they must be at least, and this round's survivors
   * @throws {SumRefusedError} where a node comes back within the epoch, a second change is made in it, or too few are left
   */
  open(epoch: number, round: number, participants: readonly number[], quorum: number): boolean {
    const known = this.#membersIn(epoch)
    this.#quorum = quorum
    const newcomer = known && participants.find((rank) => !known.includes(rank))
    if (typeof newcomer === 'number') {
      throw new SumRefusedError(`node ${newcomer} comes back before the next epoch`)
    }
    this.#checkSize(participants)
    if (this.#members !== null && !sameRanks(this.#members, participants)) {
      if (known !== null) this.#shrink(epoch)
      this.#closedUntil = Math.max(this.#closedUntil, round + this.#cooldown)
    }
    this.#members = participants
    this.#epoch = epoch
    return round >= this.#closedUntil
  }

  /** Whether the sums of an epoch may go on with these of the members only. */
  mayGoOnWith(epoch: number, ranks: readonly number[]): boolean {
    const members = this.#membersIn(epoch)
    if (members === null || ranks.length < this.#quorum) return false
    return this.#shrunk !== epoch || sameRanks(members, ranks)
  }

  /**
   * Checks that the sum of those whose vectors arrived may be opened.
   * @throws {SumRefusedError} where too few are left, or fewer than in an earlier sum of the last K rounds or of a set that
   *   has shrunk before
   */
  allow(round: number, survivors: readonly number[]): void {
    this.#checkSize(survivors)
    if (sameRanks(this.#members ?? [], survivors)) return
    this.#checkFirst(this.#epoch)
    const gap = round - this.#lastSum
    if (gap > this.#cooldown) return
    throw new SumRefusedError(
      `vectors are missing ${gap === 1 ? 'one round' : `${gap} rounds`} after a sum with them, and the difference would show them`,
    )
  }

  /** Takes note that the sum of these is opened. @throws {SumRefusedError} as `allow` */
  settle(round: number, survivors: readonly number[]): void {
    this.allow(round, survivors)
    this.#lastSum = round
    if (sameRanks(this.#members ?? [], survivors)) return
    this.#shrink(this.#epoch)
    this.#members = survivors
    this.#closedUntil = round + 1 + this.#cooldown
  }

  /** Null before the first round of an epoch. */
  #membersIn(epoch: number): readonly number[] | null {
    return this.#epoch === epoch ? this.#members : null
  }

  #shrink(epoch: number): void {
    this.#checkFirst(epoch)
    this.#shrunk = epoch
  }

  #checkFirst(epoch: number): void {
    if (this.#shrunk !== epoch) return
    throw new SumRefusedError('senders were left out before in this epoch, and more are now')
  }

  #checkSize(ranks: readonly number[]): void {
    if (ranks.length >= this.#quorum) return
    throw new SumRefusedError(
      `${ranks.length} senders are left where ${this.#quorum} are needed, so that there is one sum and it hides them`,
    )
  }
}

function sameRanks(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((rank, i) => rank === b[i])
}
