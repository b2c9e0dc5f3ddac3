/** Services: each binds a room of `src/` to the network and the store. */
export {
  AlreadyJoinedError,
  ModelFileError,
  NothingToCatchUpError,
  RunMismatchError,
  RunStateError,
} from './errors.ts'
export type { RunContext, Wire } from './run-context.ts'
export { Runs } from './runs.ts'
export { SharedEngine } from './shared-engine.ts'
