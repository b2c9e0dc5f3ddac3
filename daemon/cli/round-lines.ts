/**
 * One line a round. A run's owner hears the reports of all members, in any order; its lines show the accuracy over all
 * nodes, so the last round is held back until everybody has reported it, or this node has gone on to the next.
 */
import type { RoundReport } from '../../src/learning/interface.ts'
import { roundLine } from '../../src/reporting/index.ts'
import type { RunEvent, RunSummary } from '../api/index.ts'
import { formatRunEvent } from './format-event.ts'

/** A member hears of no other node's rounds: what it shows must not pass for the run's. */
export const OWN_FIGURES =
  "Figures of this node alone; those of all nodes are with the run's owner."

export class RoundLines {
  readonly #run: RunSummary
  readonly #print: (line: string) => void
  #own: RoundReport | null = null
  /** Accuracies of rounds not printed yet, one list a round. */
  readonly #accuracies = new Map<number, number[]>()
  readonly #reports = new Map<number, number>()

  /** @param run as it is once it trains, when this node's rank is known */
  constructor(run: RunSummary, print: (line: string) => void) {
    this.#run = run
    this.#print = print
    if (run.role === 'member') print(OWN_FIGURES)
  }

  add(event: RunEvent): void {
    if (event.type !== 'round') {
      this.flush()
      this.#print(formatRunEvent(event))
      return
    }
    const { report } = event
    const { round, rank, accuracy } = report
    this.#reports.set(round, (this.#reports.get(round) ?? 0) + 1)
    if (accuracy !== null) {
      this.#accuracies.set(round, [...(this.#accuracies.get(round) ?? []), accuracy])
    }
    if (rank === this.#run.rank) {
      this.flush()
      this.#own = report
    }
    if (this.#own !== null && this.#isComplete(this.#own.round)) this.flush()
  }

  /** Prints the round held back, with what is known of it. */
  flush(): void {
    const report = this.#own
    if (report === null) return
    this.#own = null
    const values = this.#accuracies.get(report.round) ?? []
    const accuracy = values.length > 1 && {
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      min: Math.min(...values),
      max: Math.max(...values),
    }
    this.#print(roundLine(report, { rounds: this.#run.rounds, ...(accuracy && { accuracy }) }))
    this.#reports.delete(report.round)
    this.#accuracies.delete(report.round)
  }

  /** Members hear of no other reports than their own. */
  #isComplete(round: number): boolean {
    const expected = this.#run.role === 'owner' ? this.#run.nodes.expected : 1
    return (this.#reports.get(round) ?? 0) >= expected
  }
}

/** Prints a run's events as they come; rounds as one line each. */
export async function printEvents(
  events: AsyncIterable<RunEvent>,
  describe: () => Promise<RunSummary>,
  print: (line: string) => void,
): Promise<void> {
  let lines: RoundLines | null = null
  for await (const event of events) {
    // Before the first round the run has no ranks; from then on they stay.
    if (event.type === 'round') lines ??= new RoundLines(await describe(), print)
    if (lines === null) print(formatRunEvent(event))
    else lines.add(event)
  }
  lines?.flush()
}
