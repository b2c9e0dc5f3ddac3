/** All that is known of a run's rounds, by rank, and the document made from it. */
import { fromHex } from '../../crypto/index.ts'
import {
  assembleResult,
  CurveCollector,
  type Job,
  type RoundReport,
  type RunResult,
  runDigest,
} from '../../src/learning/index.ts'
import type { FinalReport, MemberReport } from '../network/index.ts'
import { consensusEstimates } from './consensus-estimate.ts'

interface LedgerFacts {
  readonly run: string
  /** Values of the model. */
  readonly parameters: number
  /** Places of the run. */
  readonly nodes: number
  /** Whether it is over here, so that nobody's reports are waited for. */
  readonly isOver: boolean
}

export class ReportLedger {
  readonly #rounds = new Map<number, Map<number, RoundReport>>()
  readonly #finals = new Map<number, FinalReport>()

  /** Whether this very report has been taken. */
  has(entry: MemberReport): boolean {
    if (entry.type === 'final') {
      const { rank, parametersSha256 } = entry.final
      return this.#finals.get(rank)?.parametersSha256 === parametersSha256
    }
    const { rank, round, elapsed } = entry.report
    return this.#rounds.get(rank)?.get(round)?.elapsed === elapsed
  }

  /** Takes a report. A round that was run again replaces what was reported before. */
  add(entry: MemberReport): void {
    if (entry.type === 'final') {
      this.#finals.set(entry.final.rank, entry.final)
      return
    }
    const { report } = entry
    const rounds = this.#rounds.get(report.rank) ?? new Map<number, RoundReport>()
    this.#rounds.set(report.rank, rounds)
    rounds.set(report.round, report)
  }

  hasFinal(rank: number): boolean {
    return this.#finals.has(rank)
  }

  /** The round after the last one that a rank has reported. */
  roundAfter(rank: number): number {
    let next = 0
    for (const round of this.#rounds.get(rank)?.keys() ?? []) next = Math.max(next, round + 1)
    return next
  }

  /** Mean duration of a rank's last rounds; 0 before the second one. */
  secondsPerRound(rank: number): number {
    const ends = [...(this.#rounds.get(rank)?.values() ?? [])].slice(-16).map((one) => one.elapsed)
    if (ends.length < 2) return 0
    return Math.max(0, ends.at(-1)! - ends[0]!) / (ends.length - 1)
  }

  result(job: Job, { run, parameters, nodes, isOver }: LedgerFacts): RunResult {
    const collector = new CurveCollector()
    let wallSeconds: number | null = null
    for (const rounds of this.#rounds.values()) {
      for (const { report, seconds } of onOneClock(rounds)) {
        collector.add(report, seconds)
        wallSeconds = Math.max(wallSeconds ?? 0, seconds)
      }
    }
    const end = isOver ? Number.POSITIVE_INFINITY : this.#wholeBefore(nodes)
    const consensus = consensusEstimates(this.#rounds, { nodes, end })
    return assembleResult(job, {
      run,
      nodes,
      parameters,
      reports: collector,
      nodeRounds: collector.nodeRounds,
      curve: collector.curve(Math.max(1, this.#rounds.size), consensus),
      consensusDistance: consensus.get(job.train.rounds - 1) ?? null,
      wallSeconds,
      peakRssBytes: this.#peakRssBytes(),
      parametersSha256: this.#digest(nodes),
    })
  }

  /** The first round of which some node may still report. Each reports in order; one that was away leaves rounds out. */
  #wholeBefore(nodes: number): number {
    let end = Number.POSITIVE_INFINITY
    for (let rank = 0; rank < nodes; rank++) {
      if (!this.#finals.has(rank)) end = Math.min(end, this.roundAfter(rank))
    }
    return end
  }

  #peakRssBytes(): number | null {
    if (this.#finals.size === 0) return null
    return Math.max(...[...this.#finals.values()].map((final) => final.peakRssBytes))
  }

  #digest(nodes: number): string | null {
    const digests: Uint8Array[] = []
    for (let rank = 0; rank < nodes; rank++) {
      const final = this.#finals.get(rank)
      if (final === undefined) return null
      digests.push(fromHex(final.parametersSha256))
    }
    return runDigest(digests)
  }
}

/** `elapsed` begins anew when a daemon is restarted: each such part is added to the one before. */
function* onOneClock(rounds: ReadonlyMap<number, RoundReport>) {
  let before = 0
  let previous = 0
  for (const [, report] of [...rounds].sort(([a], [b]) => a - b)) {
    if (report.elapsed < previous) before += previous
    previous = report.elapsed
    yield { report, seconds: before + report.elapsed }
  }
}
