/**
 * Composition root: everything a running daemon is, wired together. `daemon/daemon.ts` gives it its options and a
 * process to live in; tests start several in one process.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createIdentity } from '../crypto/index.ts'
import type { EngineOptions } from '../src/engine/interface.ts'
import type { Clock } from '../src/runtime/clock.ts'
import type { DaemonApi } from './api/interface.ts'
import {
  type Network,
  serveCatchUp,
  serveMembership,
  serveReports,
  serveRounds,
  startNetwork,
} from './network/index.ts'
import { type KeptLedger, keepLedger, Runs, SharedEngine } from './services/index.ts'
import { type DataDirectory, openDataDirectory } from './store/index.ts'

/** The part of pino that a node uses: structured fields first, then a constant message. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface StartNodeOptions {
  /** Created where it does not exist. Locked until `stop`. */
  readonly dataDirectory: string
  /** Multiaddrs to listen on, such as `/ip4/0.0.0.0/tcp/4040`. Port 0 takes a free one. */
  readonly listen: readonly string[]
  /** Multiaddrs to tell others instead of those found. @default those listened on */
  readonly announce?: readonly string[]
  /** Multiaddrs, each with a `/p2p/` part, to connect to at start. @default [] */
  readonly bootstrap?: readonly string[]
  /** Learn peers' addresses on the local network by multicast DNS; only peers of a run are then dialled. */
  readonly mdns: boolean
  readonly engine: EngineOptions
  readonly logger: Logger
  /** Starling's own version, as `status` shows it. */
  readonly version: string
  /** Environment variables; `STARLING_DATA` names a folder with data sets. @default {} */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** @default the machine's monotonic clock */
  readonly clock?: Clock
}

export interface StarlingNode extends DaemonApi {
  /** Checkpoints, says goodbye to peers, closes everything; ends within 10 s. May be called more than once. */
  stop(): Promise<void>
  /** Resolves once `stop` or `shutdown` has ended; the process may then exit. */
  readonly stopped: Promise<void>
  /** Round-trip time in seconds of one ping to a connected peer. */
  ping(peerId: string): Promise<number>
}

/** Checkpoints and last reports get this long at the end; what is not done then is left as it is. */
const CLOSE_RUNS_MS = 6000

/**
 * Opens the data directory, starts the network and resumes the runs that were under way.
 *
 * @throws {DirectoryLockedError} when another daemon uses the directory, and the store's other named errors.
 * @throws {ListenError | InvalidAddressError} when an address cannot be used.
 */
export async function startNode(options: StartNodeOptions): Promise<StarlingNode> {
  const directory = await openDataDirectory(options.dataDirectory)
  try {
    return await wire(options, directory)
  } catch (error) {
    await directory.close()
    throw error
  }
}

async function wire(options: StartNodeOptions, directory: DataDirectory): Promise<StarlingNode> {
  const { logger, env = {}, clock = machineClock, version } = options
  const startedAt = new Date()
  const network = await startNetwork({
    ...options,
    seed: directory.seed,
    clock,
    onFailure({ protocol, peerId, error }) {
      logger.warn({ protocol, peerId, reason: error.message }, 'a request of a peer was dropped')
    },
  })
  const now = () => new Date()
  const kept = await keepLedger(directory, { traffic: network.traffic, now }, (error) =>
    logger.warn({ reason: error.message }, 'the byte ledger'),
  )
  const { ledger } = kept
  const engine = new SharedEngine(options.engine)
  const runs = new Runs(directory)
  try {
    const { transport } = network
    await runs.open({
      identity: createIdentity(directory.seed),
      network,
      wire: {
        membership: await serveMembership(transport, runs.answers),
        rounds: await serveRounds(transport, runs.answers),
        catchUp: await serveCatchUp(transport, runs.answers),
        reports: await serveReports(transport, runs.answers),
      },
      places: { dataDirectory: directory.path, env, engine },
      ledger,
      clock,
      now,
      peakMemory: () => process.resourceUsage().maxRSS * 1024,
      log: (level, fields, message) => logger[level](fields, message),
    })
  } catch (error) {
    await network.stop()
    throw error
  }
  logger.info({ peerId: network.peerId, addresses: network.addresses() }, 'the node is up')

  let isStopping = false
  const stopped = Promise.withResolvers<void>()
  const stop = () => {
    if (!isStopping)
      close({ runs, network, engine, directory, kept }).then(stopped.resolve, stopped.reject)
    isStopping = true
    return stopped.promise
  }

  return {
    stop,
    stopped: stopped.promise,
    shutdown: stop,
    ping: (peerId) => network.ping(peerId),
    byteStats: async () => ledger.stats(),
    peers: async () => network.peers(),

    async status() {
      const all = runs.all().map((run) => run.state)
      const active = all.filter((state) => state === 'gathering' || state === 'training').length
      const { info } = engine
      return {
        peerId: network.peerId,
        version,
        pid: process.pid,
        dataDirectory: directory.path,
        addresses: network.addresses(),
        startedAt: startedAt.toISOString(),
        connections: network.peers().length,
        runs: { active, total: all.length },
        engine: info && { backend: info.backend, device: info.device },
        memory: { rssBytes: process.memoryUsage.rss() },
        bytes: { ...network.traffic.socket },
      }
    },

    async createRun(request) {
      const { run, token } = await runs.create(request)
      return { run: run.summary(), token }
    },
    joinRun: async (request) => (await runs.join(request)).summary(),
    runs: async () => runs.all().map((run) => run.summary()),
    run: async (id) => runs.get(id).summary(),
    result: async (id) => runs.get(id).result(),
    events: (id, following) => runs.get(id).events(following),

    async stopRun(id) {
      const run = runs.get(id)
      await run.stop('stopped by the user')
      return run.summary()
    },
    async resumeRun(id) {
      const run = runs.get(id)
      await run.resume()
      return run.summary()
    },
  }
}

/** Runs first, while there is still a network to tell others; the lock last. */
async function close(parts: {
  runs: Runs
  network: Network
  engine: SharedEngine
  kept: KeptLedger
  directory: DataDirectory
}): Promise<void> {
  await Promise.race([parts.runs.close(), sleep(CLOSE_RUNS_MS, undefined, { ref: false })])
  await parts.network.stop()
  await parts.engine.dispose()
  await parts.kept.close()
  await parts.directory.close()
}

const machineClock: Clock = {
  now: () => performance.now() / 1000,
  async sleep(seconds, { signal } = {}) {
    try {
      await sleep(seconds * 1000, undefined, signal ? { signal } : {})
    } catch (error) {
      // The timer's own error hides why it was cut short.
      throw signal?.reason ?? error
    }
  },
}
