/** A daemon without a network, for tests of the API and of commands: plain answers, and one run that can be driven. */

import type {
  CreateRunRequest,
  DaemonApi,
  JoinRunRequest,
  RunEvent,
  RunSummary,
} from '../../daemon/api/index.ts'
import { StarlingError } from '../../src/runtime/errors.ts'

export const EXAMPLE_RUN: RunSummary = {
  id: 'abc123',
  name: 'example',
  state: 'training',
  role: 'owner',
  rank: 0,
  round: 3,
  rounds: 10,
  nodes: { expected: 2, joined: 2 },
  createdAt: '2026-01-01T00:00:00.000Z',
  reason: null,
}

class UnknownRunError extends StarlingError {
  override name = 'UnknownRunError'
}

export class FakeDaemon implements DaemonApi {
  readonly created: CreateRunRequest[] = []
  readonly joined: JoinRunRequest[] = []
  past: RunEvent[] = []
  /** Where a following reader waits after the past events; aborted readers are counted. */
  live: Promise<RunEvent> | null = null
  aborted = 0
  failure: Error | null = null
  stops = 0

  async status() {
    if (this.failure) throw this.failure
    return {
      peerId: '12D3KooWexample',
      version: '0.1.0',
      pid: process.pid,
      dataDirectory: '/somewhere',
      addresses: ['/ip4/127.0.0.1/tcp/4001'],
      startedAt: '2026-01-01T00:00:00.000Z',
      connections: 1,
      runs: { active: 1, total: 1 },
      engine: null,
      memory: { rssBytes: 1 },
      bytes: { sent: 2, received: 3 },
    }
  }
  async byteStats() {
    return {
      since: '2026-01-01T00:00:00.000Z',
      sent: 5,
      received: 7,
      today: { sent: 1, received: 2 },
      protocols: [],
      peers: [],
      runs: [],
    }
  }
  async peers() {
    return []
  }
  async createRun(request: CreateRunRequest) {
    this.created.push(request)
    return { run: EXAMPLE_RUN, token: 'starling1token' }
  }
  async joinRun(request: JoinRunRequest) {
    this.joined.push(request)
    return { ...EXAMPLE_RUN, role: 'member' as const }
  }
  async runs() {
    return [EXAMPLE_RUN]
  }
  async run(id: string) {
    if (id !== EXAMPLE_RUN.id) throw new UnknownRunError(`No run ${id}.`)
    return EXAMPLE_RUN
  }
  result(): never {
    throw new StarlingError('not needed here')
  }
  async *events(_id: string, { follow, signal }: { follow: boolean; signal?: AbortSignal }) {
    yield* this.past
    if (!follow || this.live === null) return
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => {
        this.aborted++
        reject(signal.reason)
      })
    })
    yield await Promise.race([this.live, aborted])
  }
  async stopRun(id: string) {
    return { ...(await this.run(id)), state: 'stopped' as const }
  }
  async resumeRun(id: string) {
    return this.run(id)
  }
  async shutdown() {
    this.stops++
  }
}
