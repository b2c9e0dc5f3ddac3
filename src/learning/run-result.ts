import type { PrivacySummary } from './privacy-tally.ts'

/**
 * The document that `starling emulate --json` and `starling runs show --json` print. Scripts rely on these names:
 * docs/json.md describes them and tests/json-shape.test.ts holds them.
 */
export interface RunResult {
  readonly run: string
  readonly nodes: number
  readonly rounds: number
  readonly seed: number
  /** Name of the sharing method. */
  readonly share: string
  readonly model: { readonly name: string; readonly parameters: number }
  readonly final: {
    readonly accuracy: { readonly mean: number; readonly min: number; readonly max: number } | null
    readonly loss: { readonly mean: number } | null
    /** Nodes whose evaluation after the last round is in it: 0 before the first one's. */
    readonly nodes: number
  }
  readonly curve: readonly CurvePoint[]
  readonly bytes: {
    readonly perNodePerRound: number
    readonly values: number
    readonly indices: number
    readonly overhead: number
  }
  /** Present in a private run. */
  readonly privacy?: PrivacySummary
  /** Root mean square over nodes of the distance to the mean model; null where it is not known. */
  readonly consensusDistance: number | null
  /** These three are null until something was measured. */
  readonly wallSeconds: number | null
  readonly nodeRoundsPerSecond: number | null
  readonly peakRssBytes: number | null
  /**
   * SHA-256 over the SHA-256 digests of every node's final parameters (little-endian float32) in rank order; null
   * until every node's is known.
   */
  readonly parametersSha256: string | null
  /** Emulation: ranks of the nodes whose training diverged, and which the others went on without. Absent for none. */
  readonly diverged?: readonly number[]
  /** Emulation: ended by a signal before its last round; what there was until then. Absent where it was not. */
  readonly interrupted?: true
}

/** One evaluation: means over the nodes evaluated; bytes sent so far by a node on average; seconds of the clock. */
export interface CurvePoint {
  readonly round: number
  readonly accuracy: number
  readonly accuracyMin: number
  readonly accuracyMax: number
  readonly loss: number
  readonly trainLoss: number | null
  readonly bytes: number
  readonly seconds: number
  readonly consensusDistance: number | null
}
