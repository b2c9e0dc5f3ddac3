import type { RunResult } from '../learning/run-result.ts'
import type { Graph } from '../topology/interface.ts'

export interface RunReportData {
  readonly result: RunResult
  readonly topology?: {
    readonly name: string
    /** Of a topology that changes: one round's graph. */
    readonly graph: Graph
    readonly spectralGap: number
    /** Whether the graph is another in every round. @default false */
    readonly dynamic?: boolean
  }
  /** The job file as it was written. */
  readonly jobText?: string
  /** What to call the run. @default its name; with the sharing method where names are equal */
  readonly label?: string
}

/** A run with its name in legends and its colour, counted from 0. */
export interface LabelledRun extends RunReportData {
  readonly label: string
  readonly colour: number
}

/** Colours of the style sheet; more runs than that begin again. */
const COLOURS = 8

/** Gives every run a name that no other has, and a colour. */
export function labelled(data: readonly RunReportData[]): LabelledRun[] {
  const candidates = data.map(({ result, label }) => label ?? result.run)
  const count = (text: string, list: readonly string[]) => list.filter((x) => x === text).length
  // Names repeat when one job was run in several ways: then methods, and at last numbers, tell them apart.
  const distinct = candidates.map((name, i) =>
    count(name, candidates) === 1 ? name : `${name}, ${data[i]!.result.share}`,
  )
  return data.map((run, i) => ({
    ...run,
    label: count(distinct[i]!, distinct) === 1 ? distinct[i]! : `${distinct[i]} (${i + 1})`,
    colour: i % COLOURS,
  }))
}
