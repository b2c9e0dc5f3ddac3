/** What is still to be done for a run that is over here, when the daemon was started again in between. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { type TestNode, TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

/** Where a node listens, so that the others find it there again. */
async function listening(node: TestNode): Promise<string[]> {
  const { addresses } = await node.status()
  return addresses.map((address) => address.replace(/\/p2p\/.*$/, ''))
}

async function untilRound(node: TestNode, run: string, round: number): Promise<void> {
  const options = { follow: true, signal: AbortSignal.timeout(20_000) }
  for await (const event of node.events(run, options)) {
    if (event.type === 'round' && event.report.round >= round) return
  }
}

const facts = async (node: TestNode, run: string) =>
  JSON.parse(await readFile(join(node.directory, 'runs', run, 'run.json'), 'utf8'))

/** The rounds of a rank that a node knows of. */
async function roundsOf(node: TestNode, run: string, rank: number): Promise<number[]> {
  const rounds = new Set<number>()
  for await (const event of node.events(run, { follow: false })) {
    if (event.type === 'round' && event.report.rank === rank) rounds.add(event.report.round)
  }
  return [...rounds].sort((a, b) => a - b)
}

const pair = (change: Record<string, unknown> = {}) =>
  tinyJob({
    nodes: 2,
    train: { rounds: 120, localSteps: 2, batch: 8, lr: 0.01 },
    checkpoint: { every: 5 },
    limits: { maxDeadline: 2 },
    ...change,
  })

test('a member that has finished, and was restarted since, still gives its reports and its model', async () => {
  const [owner, member] = await nodes.startMany(2)
  const [ownerAt, memberAt] = [await listening(owner!), await listening(member!)]
  const { run, token } = await owner!.createRun({ job: pair() })
  await member!.joinRun({ token })
  await untilRound(owner!, run.id, 10)
  await owner!.stop()
  await untilEnd(member!, run.id)
  await member!.stop()

  const memberAgain = await nodes.start(member!.directory, memberAt)
  expect(await memberAgain.run(run.id)).toMatchObject({ state: 'finished', round: 120 })
  const ownerAgain = await nodes.start(owner!.directory, ownerAt)
  const events = await untilEnd(ownerAgain, run.id)
  expect(events.findLast((event) => event.type === 'state')).toMatchObject({ state: 'finished' })
  const own = events.flatMap((event) =>
    event.type === 'round' && event.report.rank === 0 ? [event.report] : [],
  )
  expect(own.at(-1)).toMatchObject({ round: 119, caughtUpFrom: 1 })

  await vi.waitFor(async () => {
    const result = await ownerAgain.result(run.id)
    expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
    expect(result.final.nodes).toBe(2)
  }, 10_000)
  expect(await roundsOf(ownerAgain, run.id, 1)).toEqual(await roundsOf(memberAgain, run.id, 1))

  // Once they have arrived, they are not sent again.
  const { peerId } = await ownerAgain.status()
  await vi.waitFor(async () => {
    expect(await facts(member!, run.id)).toMatchObject({ reported: [peerId] })
  }, 10_000)
}, 60_000)

test('a member that was stopped while the owner was away reports its rounds when the owner is back', async () => {
  const [owner, member] = await nodes.startMany(2)
  const ownerAt = await listening(owner!)
  const { run, token } = await owner!.createRun({
    job: pair({ train: { rounds: 100_000, localSteps: 2, batch: 8, lr: 0.01 } }),
  })
  await member!.joinRun({ token })
  await untilRound(owner!, run.id, 10)
  await owner!.stop()
  await member!.stopRun(run.id)

  const ownerAgain = await nodes.start(owner!.directory, ownerAt)
  await vi.waitFor(async () => {
    const { peerId } = await ownerAgain.status()
    expect(await facts(member!, run.id)).toMatchObject({ state: 'stopped', reported: [peerId] })
  }, 15_000)
  expect(await roundsOf(ownerAgain, run.id, 1)).toEqual(await roundsOf(member!, run.id, 1))
  // Whoever goes on has more to say.
  await member!.resumeRun(run.id)
  expect(await facts(member!, run.id)).toMatchObject({ state: 'training', reported: [] })
  await ownerAgain.stopRun(run.id)
}, 60_000)

test('a node that comes back without a checkpoint, beside one that has finished, takes its model at once', async () => {
  const [owner, member] = await nodes.startMany(2)
  // A node that is connected and does not greet may still be loading: it is given so much time.
  const { run, token } = await owner!.createRun({ job: pair({ limits: { maxDeadline: 300 } }) })
  await member!.joinRun({ token })
  await untilRound(member!, run.id, 10)
  await member!.stop()
  await untilEnd(owner!, run.id)
  const checkpoints = join(member!.directory, 'runs', run.id, 'checkpoints')
  await rm(checkpoints, { recursive: true })
  await mkdir(checkpoints)
  const again = await nodes.start(member!.directory)
  const events = await untilEnd(again, run.id)
  expect(events.findLast((event) => event.type === 'state')).toMatchObject({ state: 'finished' })
}, 60_000)
