import type { PrivacyReport } from '../sharing/interface.ts'

/** What a private run's rounds have come to, over all nodes; part of `RunResult`. */
export interface PrivacySummary {
  /** Whether what nodes sent was masked; false where the run computes the same sums in the open, to compare with. */
  readonly masked: boolean
  /** Rounds of nodes, by what became of the node's sum. */
  readonly rounds: {
    readonly adopted: number
    readonly refused: number
    readonly coolingDown: number
  }
  /**
   * Others that masked a contribution: the fewest in any round, and the mean over rounds; null where masks are off, or
   * no sum was adopted.
   */
  readonly maskers: { readonly min: number; readonly mean: number } | null
  /** Share of the coordinates dropped for too few maskers: mean over the rounds in which any were adopted, or dropped. */
  readonly droppedShare: number
  /** Share of the values sent that were cut to the ring's range. */
  readonly clippedShare: number
  /** Why nodes did not adopt their sum, or refused to contribute to another's, most frequent first; a few of them. */
  readonly reasons: readonly { readonly reason: string; readonly rounds: number }[]
}

const REASONS_SHOWN = 5

export class PrivacyTally {
  readonly #rounds = { adopted: 0, refused: 0, 'cooling-down': 0 }
  readonly #reasons = new Map<string, number>()
  #reports = 0
  #masked = 0
  #summed = 0
  #values = 0
  #least = Number.POSITIVE_INFINITY
  #maskers = 0
  #dropped = 0
  #clipped = 0

  /** @param values that the node sent in this round; bytes, or any other measure that is the same in all rounds */
  add(report: PrivacyReport, values: number): void {
    const { outcome, reason, refusals, maskers, droppedShare, clippedShare } = report
    this.#reports++
    this.#rounds[outcome]++
    for (const each of reason === null ? refusals : [reason, ...refusals]) {
      this.#reasons.set(each, (this.#reasons.get(each) ?? 0) + 1)
    }
    if (maskers !== null) {
      this.#masked++
      this.#least = Math.min(this.#least, maskers.min)
      this.#maskers += maskers.mean
    }
    if (outcome === 'adopted' || droppedShare > 0) this.#summed++
    this.#dropped += droppedShare
    this.#values += values
    this.#clipped += clippedShare * values
  }

  /** Undefined where nothing was private. */
  summary(): Omit<PrivacySummary, 'masked'> | undefined {
    if (this.#reports === 0) return undefined
    const { adopted, refused, 'cooling-down': coolingDown } = this.#rounds
    const reasons = [...this.#reasons].sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN)
    return {
      rounds: { adopted, refused, coolingDown },
      maskers: this.#masked === 0 ? null : { min: this.#least, mean: this.#maskers / this.#masked },
      droppedShare: this.#summed === 0 ? 0 : this.#dropped / this.#summed,
      clippedShare: this.#values === 0 ? 0 : this.#clipped / this.#values,
      reasons: reasons.map(([reason, rounds]) => ({ reason, rounds })),
    }
  }
}
