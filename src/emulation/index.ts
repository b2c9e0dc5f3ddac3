/**
 * A whole run in one process: thousands of learners on a virtual clock.
 *
 * ```ts
 * const { result, parameters } = await emulate({ job, engine, dataset, ports }, { signal })
 * ```
 */
export {
  type EmulationInit,
  type EmulationPorts,
  type EmulationProgress,
  type EmulationResult,
  emulate,
} from './emulator.ts'
export { AbsentNodeError, AllDivergedError, InvalidTraceError } from './errors.ts'
export { emulatedRunId } from './run-id.ts'
