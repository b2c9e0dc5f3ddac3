import type { PrivacyReport } from '../sharing/interface.ts'

/** What a private run's rounds have come to, over all nodes; part of `RunResult`. */
export interface PrivacySummary {
  /** Rounds of nodes, by what became of the node's sum. */
  readonly rounds: {
    readonly adopted: number
    readonly refused: number
    readonly coolingDown: number
  }
  /** Others that masked a contribution: the fewest in any round, and the mean over rounds; null where masks are off. */
  readonly maskers: { readonly min: number; readonly mean: number } | null
  /** Mean share of the coordinates that were dropped for too few maskers. */
  readonly droppedShare: number
  /** Mean share of the values that were cut to the ring's range. */
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
  #least = Number.POSITIVE_INFINITY
  #maskers = 0
  #dropped = 0
  #clipped = 0

  add({ outcome, reason, refusals, maskers, droppedShare, clippedShare }: PrivacyReport): void {
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
    this.#dropped += droppedShare
    this.#clipped += clippedShare
  }

  /** Undefined where nothing was private. */
  summary(): PrivacySummary | undefined {
    if (this.#reports === 0) return undefined
    const { adopted, refused, 'cooling-down': coolingDown } = this.#rounds
    const reasons = [...this.#reasons].sort(([, a], [, b]) => b - a).slice(0, REASONS_SHOWN)
    return {
      rounds: { adopted, refused, coolingDown },
      maskers: this.#masked === 0 ? null : { min: this.#least, mean: this.#maskers / this.#masked },
      droppedShare: this.#dropped / this.#reports,
      clippedShare: this.#clipped / this.#reports,
      reasons: reasons.map(([reason, rounds]) => ({ reason, rounds })),
    }
  }
}
