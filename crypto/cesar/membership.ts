/**
 * Who may be summed for one receiver, over rounds. Sums over sets that differ by few nodes differ by these nodes'
 * vectors, so a set changes as seldom as possible:
 *
 * - within an epoch it only shrinks: a node that was away comes back with the next epoch;
 * - after a change nothing is summed for K rounds, while the vectors move on;
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
   * Takes note of those whose vectors are summed in the end.
   * @throws {SumRefusedError} where too few are left
   */
  settle(round: number, survivors: readonly number[]): void {
    this.#checkSize(survivors)
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
