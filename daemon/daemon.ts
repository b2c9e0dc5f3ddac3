/** One daemon process from start to end: log, node, control API, signals. */
import { type ApiServer, type DaemonStatus, serveApi } from './api/index.ts'
import type { Config } from './config/index.ts'
import { stopOnSignal } from './lifecycle.ts'
import { openLog } from './log.ts'
import { type StarlingNode, startNode } from './node.ts'
import { makeFolder } from './store/index.ts'
import { VERSION } from './version.ts'

/** After the node has stopped, whatever still keeps the process alive gets this long. */
const LINGER_MS = 100

export interface DaemonInit {
  readonly directory: string
  readonly config: Config
  /** Write readable log lines to standard error as well. */
  readonly terminal: boolean
  readonly note: (text: string) => void
  /** Ends the daemon in order when it fires, as a first Ctrl-C would. */
  readonly until?: AbortSignal | undefined
  /** Called once commands are answered. */
  readonly onReady: (status: DaemonStatus) => void
}

/**
 * Runs a daemon until `starling down` or a signal ends it.
 * @throws before it is ready: a locked directory, an address in use, and the other errors of `startNode`
 */
export async function runDaemon({ directory, config, ...init }: DaemonInit): Promise<void> {
  makeFolder(directory, 0o700)
  const log = openLog({ directory, level: config.log.level, terminal: init.terminal })
  const node = await startNode({
    ...config.network,
    dataDirectory: directory,
    engine: config.engine,
    logger: log,
    version: VERSION,
    env: process.env,
  })
  const onFault = (error: Error) => log.error({ err: error }, 'a request met a fault')
  const server = await serveOrStop(node, directory, onFault)
  const release = stopOnSignal({ stop: () => node.stop(), note: init.note })
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'the daemon met a fault and ends')
    process.exitCode = 1
    void node.stop()
  })
  init.until?.addEventListener('abort', () => void node.stop())
  if (init.until?.aborted) void node.stop()
  init.onReady(await node.status())

  await node.stopped
  await server.close()
  release()
  log.info({}, 'stopped')
  setTimeout(() => process.exit(), LINGER_MS).unref()
}

async function serveOrStop(
  node: StarlingNode,
  directory: string,
  onFault: (error: Error) => void,
): Promise<ApiServer> {
  try {
    return await serveApi({ api: node, directory, onFault })
  } catch (error) {
    await node.stop()
    throw error
  }
}
