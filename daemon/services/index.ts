/** Services: each binds a room of `src/` to the network and the store. */
export { readCoOwners } from './co-owners.ts'
export { readToken } from './documents/index.ts'
export { type KeptLedger, keepLedger } from './kept-ledger.ts'
export { Runs } from './runs.ts'
export { SharedEngine } from './shared-engine.ts'
