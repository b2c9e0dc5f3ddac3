/** The control API: its contract, the server a daemon runs, the client a command uses. */
import type { ApiServer, ApiServerInit } from './server.ts'

export { connectDaemon } from './client.ts'
export { DaemonError } from './errors.ts'
export type * from './interface.ts'
export type { ApiServer } from './server.ts'

/** Starts listening. Resolves once requests are answered. */
export async function serveApi(init: ApiServerInit): Promise<ApiServer> {
  // Loaded late: it brings the job's schema with all that a job can name, which no client needs.
  const server = await import('./server.ts')
  return server.serveApi(init)
}
