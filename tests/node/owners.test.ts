import { afterAll, describe, expect, test, vi } from 'vitest'
import type { StarlingNode } from '../../daemon/node.ts'
import { type TestNode, TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

const addressOf = async (node: TestNode) => (await node.status()).addresses[0]!
const named = (name: string) => expect.objectContaining({ name })

async function untilRound(node: StarlingNode, run: string, round: number): Promise<void> {
  const options = { follow: true, signal: AbortSignal.timeout(20_000) }
  for await (const event of node.events(run, options)) {
    if (event.type === 'round' && event.report.round >= round) return
  }
}

test('with the creator gone another owner lets a node in, starts the run and gets the reports', async () => {
  const [creator, second, third] = await nodes.startMany(3)
  const job = tinyJob({ nodes: 3, limits: { maxDeadline: 2 } })
  const { run, token } = await creator!.createRun({ job, owners: [await addressOf(second!)] })
  expect(await second!.joinRun({ token })).toMatchObject({ role: 'owner', rank: 1 })
  // The creator leaves its place to whoever comes next, and dies.
  await creator!.stopRun(run.id)
  await vi.waitFor(async () =>
    expect(await second!.run(run.id)).toMatchObject({ nodes: { joined: 1 } }),
  )
  await creator!.stop()

  expect(await third!.joinRun({ token })).toMatchObject({ role: 'member', rank: 0 })
  const fourth = await nodes.start()
  expect(await fourth.joinRun({ token })).toMatchObject({ role: 'member', rank: 2 })
  const ends = await Promise.all([second!, third!, fourth].map((node) => untilEnd(node, run.id)))
  for (const events of ends) {
    expect(events.findLast((event) => event.type === 'state')).toMatchObject({ state: 'finished' })
  }
  await vi.waitFor(async () => {
    const result = await second!.result(run.id)
    expect(result.final.nodes).toBe(3)
    expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
  }, 10_000)
}, 60_000)

test('all owners get all reports, and while one trains another signs who goes and who is back', async () => {
  const [creator, second, third] = await nodes.startMany(3)
  const job = tinyJob({
    train: { rounds: 100_000, localSteps: 2, batch: 8, lr: 0.01 },
    eval: { every: 100_000 },
    limits: { maxDeadline: 2 },
  })
  const { run, token } = await creator!.createRun({ job, owners: [await addressOf(second!)] })
  await second!.joinRun({ token })
  await third!.joinRun({ token })
  const ranksSeen = async (node: StarlingNode) => {
    const ranks = new Set<number>()
    const options = { follow: true, signal: AbortSignal.timeout(20_000) }
    for await (const event of node.events(run.id, options)) {
      if (event.type === 'round') ranks.add(event.report.rank)
      if (ranks.size === 3) break
    }
    return [...ranks].sort()
  }
  expect(await ranksSeen(creator!)).toEqual([0, 1, 2])
  expect(await ranksSeen(second!)).toEqual([0, 1, 2])

  await creator!.stop()
  const { round } = await third!.run(run.id)
  await untilRound(third!, run.id, round + 5)
  await third!.stopRun(run.id)
  await vi.waitFor(async () =>
    expect(await second!.run(run.id)).toMatchObject({ nodes: { joined: 2 } }),
  )
  expect(await third!.resumeRun(run.id)).toMatchObject({ state: 'training' })
  await vi.waitFor(async () =>
    expect(await second!.run(run.id)).toMatchObject({ nodes: { joined: 3 } }),
  )
  await Promise.all([second!, third!].map((node) => node.stopRun(run.id)))
}, 60_000)

describe('whoever is named as an owner', () => {
  test('must be somebody else with an Ed25519 peer id, once, and one of sixteen at most', async () => {
    const [node, other] = await nodes.startMany(2)
    const { peerId } = await other!.status()
    const own = await addressOf(node!)
    const unusable: [string[], RegExp][] = [
      [['QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'], /no peer id with an Ed25519 key/],
      [['nobody'], /no peer id/],
      [['/ip4/127.0.0.1/tcp/4001'], /no address with a peer id/],
      [[own], /this daemon/],
      [[peerId, await addressOf(other!)], /named twice/],
    ]
    for (const [owners, reason] of unusable) {
      const creating = node!.createRun({ job: tinyJob(), owners })
      await expect(creating).rejects.toThrow(named('UnusableOwnerError'))
      await expect(creating).rejects.toThrow(reason)
    }
    expect(await node!.runs()).toEqual([])
  })

  test('and has not joined cannot help: a newcomer is told about each owner', async () => {
    const [creator, second, third] = await nodes.startMany(3)
    const owners = [await addressOf(second!)]
    const { token } = await creator!.createRun({ job: tinyJob(), owners })
    await creator!.stop()
    const joining = third!.joinRun({ token })
    await expect(joining).rejects.toThrow(named('NoOwnerAnswersError'))
    await expect(joining).rejects.toThrow(/no such run here/)
  }, 30_000)
})
