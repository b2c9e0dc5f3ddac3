/**
 * The document that `starling compare --json` prints. Scripts rely on these names: docs/json.md describes them and
 * tests/comparison/compare.test.ts holds them.
 */
import type { RunResult } from '../learning/run-result.ts'

/** Where a run or a row belongs. */
export interface VariantKey {
  readonly variant: string
  /** What `--vary` set; empty where it was not used. */
  readonly setting: string
  /** The budget asked for, 0..1; null where none applies. */
  readonly budget: number | null
}

/** One run, and which of the variants it is. */
export interface ComparedRun extends VariantKey, RunResult {
  /** `final.accuracy.mean`. */
  readonly accuracy: number | null
  /** Values of a node and round that were mixed in where they arrived; null where it is not known how many. */
  readonly deliveredValues: number | null
}

/** A run that could not be finished, such as one that diverged. */
export interface FailedRun extends VariantKey {
  readonly seed: number
  readonly reason: string
}

/** One variant: means over its finished runs. */
export interface ComparisonRow extends VariantKey {
  /** Name of the sharing method. */
  readonly share: string
  /** Of the means over nodes after the last round. `perSeed` follows `seeds`, null where a run is missing. */
  readonly accuracy: {
    readonly mean: number
    readonly min: number
    readonly max: number
    readonly perSeed: readonly (number | null)[]
  } | null
  readonly bytes: {
    readonly perNodePerRound: number
    readonly values: number
    readonly indices: number
    readonly overhead: number
    /** In all rounds. */
    readonly perNode: number
    /** For each value that was mixed in where it arrived; null where it is not known how many were. */
    readonly perDeliveredValue: number | null
    /** `perNodePerRound` over that of full sharing; null where that is not compared. */
    readonly ratioToFull: number | null
  }
  /** Of the coordinates, for too few maskers; null in runs without sums. */
  readonly droppedShare: number | null
  /** The accuracy that `bytesToTarget` is about. */
  readonly target: number | null
  /** Sent by a node until the mean accuracy reached the target; null where it never did. */
  readonly bytesToTarget: number | null
  /** Final accuracy of the reference at the same budget. */
  readonly referenceAccuracy: number | null
  readonly bytesToReference: number | null
  /** The reference's bytes to its own final accuracy over `bytesToReference`: above 1 this variant needs fewer. */
  readonly referenceRatio: number | null
  readonly nodeRoundsPerSecond: number
  readonly curve: readonly ComparisonPoint[]
}

/** An evaluation: mean over seeds of the means over nodes, with the lowest and the highest seed. */
export interface ComparisonPoint {
  readonly round: number
  readonly accuracy: number
  readonly accuracyMin: number
  readonly accuracyMax: number
  /** Sent by a node so far. */
  readonly bytes: number
}

export interface ComparisonResult {
  /** The job's name. */
  readonly name: string
  readonly seeds: readonly number[]
  /** Runs asked for; more than `runs` and `failures` hold where the comparison was interrupted. */
  readonly planned: number
  readonly runs: readonly ComparedRun[]
  readonly failures: readonly FailedRun[]
  readonly rows: readonly ComparisonRow[]
  /** The target of all rows; null where there is none, or where settings have their own. */
  readonly target: number | null
  /** The variant or the method that `bytesToReference` is about. */
  readonly reference: string | null
}
