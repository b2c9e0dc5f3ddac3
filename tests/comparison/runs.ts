import type { ComparedRun } from '../../src/comparison/index.ts'
import { curvePoint, privacySummary, runResult } from '../reporting/runs.ts'

export interface RunFigures {
  readonly variant: string
  readonly share?: string
  readonly budget?: number | null
  readonly setting?: string
  readonly seed?: number
  /** Accuracy after 10, 20, … rounds. */
  readonly accuracies: readonly number[]
  /** A round. */
  readonly bytes: number
  readonly deliveredValues?: number | null
  readonly droppedShare?: number
}

/** A finished run with these figures. */
export function comparedRun(figures: RunFigures): ComparedRun {
  const { variant, share = variant, budget = null, setting = '', seed = 90 } = figures
  const { accuracies, bytes, deliveredValues = null, droppedShare } = figures
  const curve = accuracies.map((accuracy, i) =>
    curvePoint(10 * (i + 1), { accuracy, bytes: 10 * (i + 1) * bytes }),
  )
  const accuracy = accuracies.at(-1)!
  return {
    ...runResult({ share, seed, curve }),
    bytes: { perNodePerRound: bytes, values: bytes - 30, indices: 20, overhead: 10 },
    ...(droppedShare !== undefined && { privacy: privacySummary({ droppedShare }) }),
    deliveredValues,
    variant,
    setting,
    budget,
    accuracy,
  }
}
