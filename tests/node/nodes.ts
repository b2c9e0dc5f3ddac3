/** Several whole nodes in one process, over real TCP on the loopback. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEvent } from '../../daemon/api/interface.ts'
import { type Logger, type StarlingNode, startNode } from '../../daemon/node.ts'
import { type Job, parseJob } from '../../src/learning/index.ts'

/** What a node logged, for assertions: nothing secret may ever be in it. */
export interface LogLine {
  readonly level: string
  readonly fields: object
  readonly message: string
}

export interface TestNode extends StarlingNode {
  readonly directory: string
  readonly logged: LogLine[]
}

export class TestNodes {
  readonly #folders: string[] = []
  readonly #nodes: TestNode[] = []

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'starling-node-'))
    this.#folders.push(folder)
    return folder
  }

  /** Starts a node in a new folder, or again in one that was used before. */
  async start(directory?: string, listen = ['/ip4/127.0.0.1/tcp/0']): Promise<TestNode> {
    const folder = directory ?? (await this.folder())
    const logged: LogLine[] = []
    const node = await startNode({
      dataDirectory: folder,
      listen,
      mdns: false,
      engine: { backend: 'cpu' },
      logger: recorder(logged),
      version: '0.0.0-test',
    })
    const started = Object.assign(node, { directory: folder, logged })
    this.#nodes.push(started)
    return started
  }

  startMany(count: number): Promise<TestNode[]> {
    return Promise.all(Array.from({ length: count }, () => this.start()))
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()))
    // A run that took too long to stop may still be writing.
    const options = { recursive: true, force: true, maxRetries: 5 }
    await Promise.all(this.#folders.map((path) => rm(path, options)))
  }
}

function recorder(lines: LogLine[]): Logger {
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A job that three nodes finish in about a second. */
export function tinyJob(change: Record<string, unknown> = {}): Job {
  return parseJob({
    version: 1,
    name: 'tiny',
    seed: 5,
    nodes: 3,
    model: { name: 'mlp', hidden: [8] },
    data: { name: 'clusters', classes: 3, dim: 6, train: 120, test: 60 },
    partition: { kind: 'shards', perNode: 2 },
    train: { rounds: 12, localSteps: 2, batch: 8, lr: 0.05, momentum: 0.9 },
    topology: { kind: 'full' },
    eval: { every: 4 },
    checkpoint: { every: 4 },
    ...change,
  })
}

/** All events of a run until it ends. */
export async function untilEnd(node: StarlingNode, run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  const signal = AbortSignal.timeout(30_000)
  for await (const event of node.events(run, { follow: true, signal })) events.push(event)
  return events
}
