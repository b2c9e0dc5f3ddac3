/**
 * Who may be summed for one receiver, over rounds. Sums over sets that differ by few nodes differ by these nodes'
 * vectors, so a set changes as seldom as possible:
 *
 * - within an epoch it only shrinks: a node that was away comes back with the next epoch;
 * - after a change nothing is summed for K rounds, while the vectors move on: a sum in which vectors are missing is opened
 *   only where there was none in the K rounds before it;
 * - it never has fewer than s + 1 nodes.
 *
 * The receiver keeps this record for its own sum and every sender keeps one of its own for each receiver, from what it
 * is told: a receiver cannot talk a sender out of the rules.
 */
import { SumRefusedError } from './errors.ts'

export interface MembershipRules {
  /** s */
  readonly minMaskers: number
  /** K, rounds. */
  readonly cooldown: number
}

export class Membership {
  readonly #rules: MembershipRules
  #members: readonly number[] | null = null
  #epoch = -1
  #closedUntil = 0
  #lastSum = Number.NEGATIVE_INFINITY

  constructor(rules: MembershipRules) {
    this.#rules = rules
  }

  /** Whom the last round's sum was over, or meant to be; null before the first, and where it was in an earlier epoch. */
  membersIn(epoch: number): readonly number[] | null {
    return this.#epoch === epoch ? this.#members : null
  }

  /**
   * Takes note of the participants of a round, ascending. False while the receiver cools down.
   * @throws {SumRefusedError} where a node came back within the epoch, or too few are left
   */
  open(epoch: number, round: number, participants: readonly number[]): boolean {
    const known = this.membersIn(epoch)
    const newcomer = known && participants.find((rank) => !known.includes(rank))
    if (typeof newcomer === 'number') {
      throw new SumRefusedError(`node ${newcomer} comes back before the next epoch`)
    }
    this.#checkSize(participants)
    if (this.#members !== null && !sameRanks(this.#members, participants)) {
      this.#closedUntil = round + this.#rules.cooldown
    }
    this.#members = participants
    this.#epoch = epoch
    return round >= this.#closedUntil
  }

  /**
   * Checks that the sum of those whose vectors arrived may be opened.
   * @throws {SumRefusedError} where too few are left, or fewer than in a sum of the last K rounds
   */
  allow(round: number, survivors: readonly number[]): void {
    this.#checkSize(survivors)
    const gap = round - this.#lastSum
    if (gap > this.#rules.cooldown || sameRanks(this.#members ?? [], survivors)) return
    throw new SumRefusedError(
      `vectors are missing ${gap === 1 ? 'one round' : `${gap} rounds`} after a sum with them, and the difference would show them`,
    )
  }

  /** Takes note that the sum of these is opened. @throws {SumRefusedError} as `allow` */
  settle(round: number, survivors: readonly number[]): void {
    this.allow(round, survivors)
    this.#lastSum = round
    if (sameRanks(this.#members ?? [], survivors)) return
    this.#members = survivors
    this.#closedUntil = round + 1 + this.#rules.cooldown
  }

  #checkSize(ranks: readonly number[]): void {
    const { minMaskers } = this.#rules
    if (ranks.length > minMaskers) return
    throw new SumRefusedError(
      `${ranks.length} senders are left where ${minMaskers + 1} are needed to hide each other`,
    )
  }
}

function sameRanks(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((rank, i) => rank === b[i])
}
