/** Gathers the reports of all daemons into one line a round. */
import type { RoundReport } from '../../src/learning/interface.ts'

/** Means over the nodes; one round of the demo. */
export interface RoundSummary {
  readonly round: number
  /** Null in rounds without evaluation. */
  readonly accuracy: number | null
  readonly trainLoss: number | null
  /** Sent by all nodes up to and with this round. */
  readonly bytesSent: number
  /** Neighbours that were not heard, over all nodes. */
  readonly missing: number
}

export class DemoProgress {
  readonly #nodes: number
  readonly #reports: RoundReport[][]
  readonly #complete = new Map<number, number>()
  #bytesSent = 0

  constructor(nodes: number) {
    this.#nodes = nodes
    this.#reports = Array.from({ length: nodes }, () => [])
  }

  /** Takes one node's report; answers with the round's summary once every node has reported it. */
  add(node: number, report: RoundReport): RoundSummary | null {
    this.#reports[node]!.push(report)
    this.#bytesSent += report.bytes.sent
    const heard = (this.#complete.get(report.round) ?? 0) + 1
    this.#complete.set(report.round, heard)
    return heard === this.#nodes ? this.#summarise(report.round) : null
  }

  /** All reports of one node, in the order of their rounds. */
  reportsOf(node: number): readonly RoundReport[] {
    return this.#reports[node]!
  }

  #summarise(round: number): RoundSummary {
    const reports = this.#reports.map((list) => list.find((report) => report.round === round)!)
    return {
      round,
      accuracy: mean(reports.map((report) => report.accuracy)),
      trainLoss: mean(reports.map((report) => report.trainLoss)),
      bytesSent: this.#bytesSent,
      missing: reports.reduce((sum, { neighbours }) => sum + neighbours.missing.length, 0),
    }
  }
}

/** Of the values there are; null where there are none. */
export function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
