/** Front door of the rounds protocol. */
export * from './interface.ts'
export { serveRounds } from './service.ts'
