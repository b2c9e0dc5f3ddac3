import { buildDataset } from '../../src/data/index.ts'
import { type EmulationInit, type EmulationPorts, emulate } from '../../src/emulation/index.ts'
import type { Job } from '../../src/learning/index.ts'
import { linearEngine } from './linear-engine.ts'
import { turn } from './turn.ts'

/** This process as an emulation sees it. */
export const ports: EmulationPorts = {
  wallClock: () => performance.now() / 1000,
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  turn,
}

/** Emulates a job on its generated data, on the plain engine unless told otherwise. */
export function emulateJob(job: Job, more: Partial<EmulationInit> & { signal?: AbortSignal } = {}) {
  const { signal, ...init } = more
  const dataset = buildDataset(job.data)
  return emulate({ job, engine: linearEngine(), dataset, ports, ...init }, signal ? { signal } : {})
}
