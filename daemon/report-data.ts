/** What the HTML report shows of a run: its document, its job, and the graph that the job stands for. */
import { stringify } from 'smol-toml'
import { type Job, jobTopology } from '../src/learning/index.ts'
import type { RunResult } from '../src/learning/run-result.ts'
import type { RunReportData } from '../src/reporting/index.ts'
import { spectralGap } from '../src/topology/index.ts'

export interface RunDocuments {
  readonly result: RunResult
  readonly job: Job
}

/** @param label what to call the run. @default the job's name */
export function reportDataOf({ result, job }: RunDocuments, label?: string): RunReportData {
  const topology = jobTopology(job)
  const graph = topology.graph(0)
  return {
    result,
    label: label ?? job.name,
    jobText: stringify(job),
    topology: {
      name: topology.name,
      graph,
      // Of fragments, the first one's: all are drawn alike, and none mixes over the union.
      spectralGap: spectralGap(graph.fragments?.[0] ?? graph, job.weights),
      dynamic: topology.dynamic,
    },
  }
}
