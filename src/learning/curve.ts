/** From the rounds' reports of all nodes to the curve of a run; for the emulator and for a run's owner alike. */
import type { RoundBytes, RoundReport } from './interface.ts'
import { PrivacyTally } from './privacy-tally.ts'
import type { CurvePoint } from './run-result.ts'

/** What all nodes together reported of one round. */
interface RoundTotals {
  reports: number
  evaluated: number
  accuracy: number
  accuracyMin: number
  accuracyMax: number
  testLoss: number
  trained: number
  trainLoss: number
  sent: number
  seconds: number
}

export class CurveCollector {
  readonly #rounds = new Map<number, RoundTotals>()
  readonly #bytes: { -readonly [K in keyof RoundBytes]: number } = {
    sent: 0,
    received: 0,
    values: 0,
    indices: 0,
    overhead: 0,
  }
  readonly #privacy = new PrivacyTally()
  #reports = 0

  /** @param seconds the clock at the end of the round; the report's own where it was not restarted */
  add(report: RoundReport, seconds: number = report.elapsed): void {
    const totals = this.#rounds.get(report.round) ?? emptyTotals()
    this.#rounds.set(report.round, totals)
    totals.reports++
    totals.sent += report.bytes.sent
    totals.seconds += seconds
    if (report.trainLoss !== null) {
      totals.trained++
      totals.trainLoss += report.trainLoss
    }
    if (report.accuracy !== null && report.testLoss !== null) {
      totals.evaluated++
      totals.accuracy += report.accuracy
      totals.testLoss += report.testLoss
      totals.accuracyMin = Math.min(totals.accuracyMin, report.accuracy)
      totals.accuracyMax = Math.max(totals.accuracyMax, report.accuracy)
    }
    for (const kind of Object.keys(this.#bytes) as (keyof RoundBytes)[]) {
      this.#bytes[kind] += report.bytes[kind]
    }
    if (report.privacy !== undefined) this.#privacy.add(report.privacy, report.bytes.values)
    this.#reports++
  }

  /** Reports taken so far. */
  get nodeRounds(): number {
    return this.#reports
  }

  /** Reports of one round. */
  reportsOf(round: number): number {
    return this.#rounds.get(round)?.reports ?? 0
  }

  /** Nodes that were evaluated after one round. */
  evaluatedIn(round: number): number {
    return this.#rounds.get(round)?.evaluated ?? 0
  }

  /** Undefined where the run is not private. */
  get privacy(): ReturnType<PrivacyTally['summary']> {
    return this.#privacy.summary()
  }

  /** Bytes of all nodes and rounds together. */
  get bytes(): RoundBytes {
    return this.#bytes
  }

  /**
   * The rounds in which anybody was evaluated, ascending, rounds counted from 1.
   * @param nodes that share the bytes sent
   * @param consensusDistance by round counted from 0, where it is known
   */
  curve(nodes: number, consensusDistance: ReadonlyMap<number, number> = new Map()): CurvePoint[] {
    const points: CurvePoint[] = []
    let sent = 0
    for (const [round, totals] of [...this.#rounds].sort(([a], [b]) => a - b)) {
      sent += totals.sent
      if (totals.evaluated === 0) continue
      points.push({
        round: round + 1,
        accuracy: totals.accuracy / totals.evaluated,
        accuracyMin: totals.accuracyMin,
        accuracyMax: totals.accuracyMax,
        loss: totals.testLoss / totals.evaluated,
        trainLoss: totals.trained === 0 ? null : totals.trainLoss / totals.trained,
        bytes: sent / nodes,
        seconds: totals.seconds / totals.reports,
        consensusDistance: consensusDistance.get(round) ?? null,
      })
    }
    return points
  }
}

function emptyTotals(): RoundTotals {
  return {
    reports: 0,
    evaluated: 0,
    accuracy: 0,
    accuracyMin: Number.POSITIVE_INFINITY,
    accuracyMax: Number.NEGATIVE_INFINITY,
    testLoss: 0,
    trained: 0,
    trainLoss: 0,
    sent: 0,
    seconds: 0,
  }
}
