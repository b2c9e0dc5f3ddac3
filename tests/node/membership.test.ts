import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunEvent } from '../../daemon/api/interface.ts'
import { RefusedError, serveMembership } from '../../daemon/network/index.ts'
import type { StarlingNode } from '../../daemon/node.ts'
import { startPeer, until } from '../network/peers.ts'
import { type TestNode, TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

/** Two classes around −1 and +1. */
function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const side = i % 2 === 0 ? -1 : 1
    return `${(side + Math.sin(i)).toFixed(3)},${(side + Math.cos(i)).toFixed(3)},${side < 0 ? 'a' : 'b'}`
  })
  return `x,y,kind\n${lines.join('\n')}\n`
}

const column = { mean: 0, deviation: 1 }
const tableJob = (change: Record<string, unknown> = {}) =>
  tinyJob({
    nodes: 2,
    data: {
      name: 'csv',
      file: 'table.csv',
      label: 'kind',
      classes: ['a', 'b'],
      columns: { x: column, y: column },
    },
    partition: { kind: 'iid' },
    ...change,
  })

async function giveTable(node: TestNode): Promise<void> {
  await mkdir(join(node.directory, 'datasets'), { recursive: true })
  await writeFile(join(node.directory, 'datasets', 'table.csv'), table(200))
}

async function firstRound(node: StarlingNode, run: string, rank: number): Promise<number> {
  const options = { follow: true, signal: AbortSignal.timeout(20_000) }
  for await (const event of node.events(run, options)) {
    if (event.type === 'round' && event.report.rank === rank) return event.report.round
  }
  throw new Error(`rank ${rank} reported nothing`)
}

test('a node with data of its own joins in mid-run, and is part of the graph from the announced round on', async () => {
  const [owner, member, late] = await nodes.startMany(3)
  await Promise.all([giveTable(owner!), giveTable(member!)])
  const job = tableJob({
    train: { rounds: 100_000, localSteps: 2, batch: 8, lr: 0.01 },
    eval: { every: 100_000 },
    checkpoint: { every: 1000 },
  })
  const { run, token } = await owner!.createRun({ job })
  await member!.joinRun({ token })
  await firstRound(owner!, run.id, 0)

  await expect(late!.joinRun({ token })).rejects.toThrow()
  const dataPath = join(late!.directory, 'mine.csv')
  await writeFile(dataPath, table(60))
  expect(await late!.joinRun({ token, dataPath })).toMatchObject({ rank: 2 })
  const began = await firstRound(late!, run.id, 2)
  expect(began).toBeGreaterThan(0)

  // The others expect it from the announced round on, and hear it.
  let hadTwo = 0
  for await (const event of owner!.events(run.id, {
    follow: true,
    signal: AbortSignal.timeout(20_000),
  })) {
    if (event.type !== 'round' || event.report.rank !== 0) continue
    const { expected, heard } = event.report.neighbours
    if (expected === 1) hadTwo = event.report.round + 1
    if (expected === 2 && heard === 2 && event.report.round > began) break
  }
  expect(hadTwo).toBeLessThanOrEqual(began)
  expect(await owner!.run(run.id)).toMatchObject({ nodes: { expected: 2, joined: 3 } })
  for (const node of [owner!, member!, late!]) await node.stopRun(run.id)
}, 60_000)

test('a node that would come too late is refused', async () => {
  const [owner, late] = await nodes.startMany(2)
  await giveTable(owner!)
  const train = { rounds: 5, localSteps: 500, batch: 32, lr: 0.001 }
  const { run, token } = await owner!.createRun({ job: tableJob({ nodes: 1, train }) })
  const dataPath = join(late!.directory, 'mine.csv')
  await writeFile(dataPath, table(60))
  await firstRound(owner!, run.id, 0)
  await expect(late!.joinRun({ token, dataPath })).rejects.toThrow(/training will be over before/)
  await owner!.stopRun(run.id)
}, 30_000)

test('a member that is stopped is not waited for, and finishes after it is resumed', async () => {
  const [owner, member] = await nodes.startMany(2)
  const job = tinyJob({
    nodes: 2,
    train: { rounds: 150, localSteps: 2, batch: 8, lr: 0.01 },
    eval: { every: 150 },
    checkpoint: { every: 50 },
  })
  const { run, token } = await owner!.createRun({ job })
  await member!.joinRun({ token })
  await firstRound(member!, run.id, 1)
  expect(await member!.stopRun(run.id)).toMatchObject({ state: 'stopped' })
  await expect(member!.stopRun(run.id)).rejects.toThrow(
    expect.objectContaining({ name: 'RunStateError' }),
  )
  expect(await owner!.run(run.id)).toMatchObject({ nodes: { expected: 2, joined: 1 } })
  expect(await member!.resumeRun(run.id)).toMatchObject({ state: 'training' })
  const [ofOwner] = await Promise.all([owner!, member!].map((node) => untilEnd(node, run.id)))
  const changes = ofOwner!.flatMap((event) => (event.type === 'member' ? [event.change] : []))
  expect(changes).toEqual(['joined', 'joined', 'left', 'joined'])
  expect(longestWait(ofOwner!)).toBeLessThan(1.5)
  await expect(owner!.resumeRun(run.id)).rejects.toThrow(
    expect.objectContaining({ name: 'RunStateError' }),
  )
}, 60_000)

/** Seconds that the owner waited at most in a round but the first, in which the others were still loading. */
const longestWait = (events: readonly RunEvent[]) =>
  Math.max(
    ...events.flatMap((event) =>
      event.type === 'round' && event.report.rank === 0 && event.report.round > 0
        ? [event.report.seconds.wait]
        : [],
    ),
  )

test('the place of a member that leaves before the start is taken by the next one', async () => {
  const [owner, first, second] = await nodes.startMany(3)
  const { run, token } = await owner!.createRun({ job: tinyJob() })
  expect(await first!.joinRun({ token })).toMatchObject({ rank: 1 })
  await first!.stopRun(run.id)
  expect(await second!.joinRun({ token })).toMatchObject({ rank: 1, state: 'gathering' })
  await owner!.stopRun(run.id)
})

test('strangers learn nothing of a run and change nothing in it', async () => {
  const owner = await nodes.start()
  const stranger = await startPeer()
  const { run } = await owner.createRun({ job: tinyJob() })
  const { peerId, addresses } = await owner.status()
  const membership = await serveMembership(stranger.transport, {
    fetch: () => new Uint8Array(),
    join: async () => new Uint8Array(),
    announce: async () => undefined,
    presence: async () => undefined,
    poll: () => undefined,
  })
  await stranger.dialAddress(addresses[0]!)
  await until(() => owner.logged.length > 0)
  const secret = new Uint8Array(16)
  const digest = new Uint8Array(32)
  const claim = {
    secret,
    layout: digest,
    shape: digest,
    model: undefined,
    addresses: [],
    ownData: false,
  }
  const attempts = [
    () => membership.fetch(peerId, run.id, secret),
    () => membership.join(peerId, run.id, claim),
    () => membership.poll(peerId, run.id),
    () => membership.presence(peerId, run.id, false),
    () => membership.announce(peerId, run.id, new Uint8Array(200)),
    () => membership.poll(peerId, 'f'.repeat(32)),
  ]
  for (const attempt of attempts) await expect(attempt()).rejects.toThrow(RefusedError)
  expect(await owner.run(run.id)).toMatchObject({ state: 'gathering', nodes: { joined: 1 } })
})
