/** Round-trip times between two nodes of one machine while both train: is the network's thread ever starved? */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode } from '../../daemon/node.ts'
import { parseJob } from '../../src/learning/index.ts'
import { type Bench, row } from './bench.ts'

/** Milliseconds at the 99th percentile that issue 2 promises. */
const PROMISE = 50
const PINGS = 400
const PAUSE_MS = 25

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A model whose round takes about a second: most of the time the engine computes. */
const job = parseJob({
  version: 1,
  name: 'ping',
  nodes: 2,
  model: { name: 'gn-lenet' },
  data: { name: 'strokes', train: 500, test: 100 },
  train: { rounds: 10_000, localSteps: 20, batch: 16, lr: 0.01 },
  topology: { kind: 'full' },
})

export const ping: Bench = async (say) => {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'starling-ping-'))))
  const [first, second] = await Promise.all(
    folders.map((dataDirectory) =>
      startNode({
        dataDirectory,
        listen: ['/ip4/127.0.0.1/tcp/0'],
        mdns: false,
        engine: {},
        logger: silent,
        version: 'bench',
      }),
    ),
  )
  try {
    const { run, token } = await first!.createRun({ job })
    await second!.joinRun({ token })
    for await (const event of second!.events(run.id, { follow: true })) {
      if (event.type === 'round') break
    }
    const { peerId } = await second!.status()
    say(`${PINGS} pings while both train`)
    const times: number[] = []
    for (let i = 0; i < PINGS; i++) {
      // From outside: with opening the stream, so a little more than the round trip itself.
      const start = performance.now()
      await first!.ping(peerId)
      times.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    const { round } = await first!.run(run.id)
    times.sort((a, b) => a - b)
    const at = (share: number) => times[Math.floor(share * (times.length - 1))]!
    return [
      row('ping while training, median', at(0.5), 'ms'),
      row('ping while training, 99th percentile', at(0.99), 'ms', PROMISE),
      row('ping while training, longest', at(1), 'ms'),
      row('rounds trained meanwhile', round, 'rounds'),
    ]
  } finally {
    await Promise.all([first!.stop(), second!.stop()])
    await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true })))
  }
}
