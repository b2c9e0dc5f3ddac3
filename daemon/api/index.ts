/** The control API: its contract, the server a daemon runs, the client a command uses. */
export { connectDaemon } from './client.ts'
export { ApiVersionError, DaemonError, NoDaemonError } from './errors.ts'
export type * from './interface.ts'
export { type ApiServer, serveApi } from './server.ts'
