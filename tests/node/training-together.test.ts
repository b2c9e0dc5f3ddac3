import { afterAll, expect, test } from 'vitest'
import { buildDataset } from '../../src/data/index.ts'
import { emulate } from '../../src/emulation/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import { TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

test('three nodes over TCP end with the very parameters that the emulation gives', async () => {
  const job = tinyJob()
  const [owner, ...others] = await nodes.startMany(3)
  const { run, token } = await owner!.createRun({ job })
  expect(run).toMatchObject({ state: 'gathering', role: 'owner', rank: 0, nodes: { joined: 1 } })
  for (const node of others) await node.joinRun({ token })
  const events = await Promise.all([owner!, ...others].map((node) => untilEnd(node, run.id)))

  for (const seen of events) {
    expect(seen.findLast((event) => event.type === 'state')).toMatchObject({ state: 'finished' })
    const rounds = seen.flatMap((event) => (event.type === 'round' ? [event.report] : []))
    expect(rounds.every((report) => report.neighbours.missing.length === 0)).toBe(true)
  }
  const result = await owner!.result(run.id)
  expect(result).toMatchObject({ nodes: 3, rounds: 12, share: 'full', model: { name: 'mlp' } })
  expect(result.curve.map((point) => point.round)).toEqual([4, 8, 12])

  const engine = await createEngine({ backend: 'cpu' })
  try {
    const dataset = buildDataset(job.data, new Map())
    const ports = {
      wallClock: () => performance.now() / 1000,
      peakMemory: () => 0,
      turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
    }
    const emulated = await emulate({ job, engine, dataset, ports })
    expect(result.parametersSha256).toBe(emulated.result.parametersSha256)
    expect(result.final.accuracy).toEqual(emulated.result.final.accuracy)
    expect(result.bytes).toEqual(emulated.result.bytes)
  } finally {
    await engine.dispose()
  }

  // The ledger says the same as the run's own reports, and carries it into the next process.
  const stats = await owner!.byteStats()
  const reported = events[0]!.flatMap((event) =>
    event.type === 'round' && event.report.rank === 0 ? [event.report.bytes] : [],
  )
  const inAll = (part: 'sent' | 'values' | 'overhead') =>
    reported.reduce((sum, bytes) => sum + bytes[part], 0)
  expect(stats.runs).toMatchObject([
    { run: run.id, sent: inAll('sent'), values: inAll('values'), overhead: inAll('overhead') },
  ])
  expect(stats.runs[0]!.peers).toHaveLength(2)
  // What the others have sent to this node is what it has received, in the same parts.
  const { received, receivedParts, peers } = stats.runs[0]!
  const { peerId } = await owner!.status()
  const sentHere = await Promise.all(
    others.map(async (node) => {
      const [theirs] = (await node.byteStats()).runs
      return theirs!.peers.find((peer) => peer.peerId === peerId)!
    }),
  )
  const sumOf = (part: 'sent' | 'values' | 'indices' | 'overhead') =>
    sentHere.reduce((sum, flow) => sum + flow[part], 0)
  expect(received).toBe(sumOf('sent'))
  expect(receivedParts).toEqual({
    values: sumOf('values'),
    indices: sumOf('indices'),
    overhead: sumOf('overhead'),
    unsplit: 0,
  })
  for (const flow of peers) {
    const { values, indices, overhead } = flow.receivedParts
    expect(values + indices + overhead).toBe(flow.received)
  }
  expect(stats.sent).toBeGreaterThan(inAll('sent'))
  await owner!.stop()
  const again = await nodes.start(owner!.directory)
  const later = await again.byteStats()
  expect(later.runs).toEqual(stats.runs)
  expect(later.since).toBe(stats.since)
  expect(later.sent).toBeGreaterThanOrEqual(stats.sent)
}, 60_000)
