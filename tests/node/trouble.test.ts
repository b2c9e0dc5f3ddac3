import { copyFile, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { RunEvent } from '../../daemon/api/interface.ts'
import type { StarlingNode } from '../../daemon/node.ts'
import { type TestNode, TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

const reportsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'round' ? [event.report] : []))

const following = () => ({ follow: true, signal: AbortSignal.timeout(20_000) })

/** Resolves when a node has reported a round from `round` on. */
async function untilRound(node: StarlingNode, run: string, round: number): Promise<void> {
  for await (const event of node.events(run, {
    follow: true,
    signal: AbortSignal.timeout(20_000),
  })) {
    if (event.type === 'round' && event.report.round >= round) return
  }
}

test('a node that goes is missed by name, nobody waits for it, and it catches up when it is back', async () => {
  const job = tinyJob({
    data: { name: 'clusters', classes: 3, dim: 16, train: 600, test: 60 },
    model: { name: 'mlp', hidden: [32] },
    train: { rounds: 100_000, localSteps: 4, batch: 16, lr: 0.01 },
    checkpoint: { every: 5 },
    eval: { every: 100_000 },
  })
  const [owner, stays, goes] = await nodes.startMany(3)
  const { run, token } = await owner!.createRun({ job })
  await stays!.joinRun({ token })
  const { rank } = await goes!.joinRun({ token })
  await untilRound(goes!, run.id, 12)
  await goes!.stop()
  const [newest] = (await readdir(join(goes!.directory, 'runs', run.id, 'checkpoints')))
    .sort()
    .reverse()
  await truncate(join(goes!.directory, 'runs', run.id, 'checkpoints', newest!), 200)

  const back = await nodes.start(goes!.directory)
  expect(await back.run(run.id)).toMatchObject({ state: 'training', rank, role: 'member' })
  let caughtUp = 0
  for await (const event of back.events(run.id, following())) {
    if (event.type === 'round' && event.report.caughtUpFrom !== null) caughtUp = event.report.round
    if (caughtUp > 0) break
  }
  // All hear all again.
  for await (const event of owner!.events(run.id, following())) {
    if (event.type !== 'round' || event.report.rank !== 0) continue
    if (event.report.round > caughtUp && event.report.neighbours.heard === 2) break
  }
  for (const node of [owner!, stays!, back]) await node.stopRun(run.id)
  const own = reportsOf(await untilEnd(owner!, run.id)).filter((report) => report.rank === 0)
  const missed = own
    .filter((report) => report.round < caughtUp)
    .flatMap((report) => report.neighbours.missing)
  expect(missed.length).toBeGreaterThan(0)
  expect(new Set(missed.map((one) => one.rank))).toEqual(new Set([rank]))
  // Gone is not late.
  expect(missed.filter((one) => one.reason !== 'unreachable').length).toBeLessThanOrEqual(2)
  expect(Math.max(...own.slice(1).map((report) => report.seconds.wait))).toBeLessThan(2)

  const notes = (await untilEnd(back, run.id)).flatMap((event) =>
    event.type === 'log' ? [event.message] : [],
  )
  expect(notes.join()).toMatch(/checkpoint round-\d+\.safetensors is passed over/)
}, 60_000)

test('a node that comes back when the others have finished takes over their model and finishes', async () => {
  const job = tinyJob({
    nodes: 2,
    train: { rounds: 120, localSteps: 2, batch: 8, lr: 0.01 },
    checkpoint: { every: 5 },
    limits: { maxDeadline: 2 },
  })
  const [owner, goes] = await nodes.startMany(2)
  const { run, token } = await owner!.createRun({ job })
  await goes!.joinRun({ token })
  await untilRound(goes!, run.id, 10)
  await goes!.stop()
  await untilEnd(owner!, run.id)
  expect(await owner!.result(run.id)).toMatchObject({ parametersSha256: null })
  const back = await nodes.start(goes!.directory)
  const reports = reportsOf(await untilEnd(back, run.id))
  expect(reports.at(-1)).toMatchObject({ round: 119, caughtUpFrom: 0 })
  await vi.waitFor(async () => {
    expect((await owner!.result(run.id)).parametersSha256).toMatch(/^[0-9a-f]{64}$/)
  }, 5000)
}, 30_000)

describe('at the door', () => {
  test('whoever has no valid token, another shape of data, or no place is told why', async () => {
    const [owner, other, third] = await nodes.startMany(3)
    const { run, token } = await owner!.createRun({ job: tinyJob({ nodes: 2 }) })

    await expect(other!.joinRun({ token: `${token.slice(0, -1)}x` })).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidTokenError' }),
    )
    const table = join(other!.directory, 'own.csv')
    await writeFile(table, '1,2,0\n')
    await expect(other!.joinRun({ token, dataPath: table })).rejects.toThrow()
    expect(await other!.runs()).toEqual([])

    await other!.joinRun({ token })
    await expect(other!.joinRun({ token })).rejects.toThrow(
      expect.objectContaining({ name: 'AlreadyJoinedError' }),
    )
    await expect(third!.joinRun({ token })).rejects.toThrow(
      expect.objectContaining({ name: 'RefusedError' }),
    )
    expect(await third!.runs()).toEqual([])
    await Promise.all([owner!, other!].map((node) => untilEnd(node, run.id)))
  }, 30_000)

  test('a copy of an identity is told so, as a member and as the owner, and disturbs nobody', async () => {
    const [owner, member] = await nodes.startMany(2)
    const copyOf = async (original: TestNode) => {
      const folder = await nodes.folder()
      await copyFile(join(original.directory, 'identity.key'), join(folder, 'identity.key'))
      return nodes.start(folder)
    }
    const { run, token } = await owner!.createRun({ job: tinyJob() })
    await member!.joinRun({ token })
    const second = await copyOf(member!)
    await expect(second.joinRun({ token })).rejects.toThrow(
      expect.objectContaining({
        name: 'RefusedError',
        message: expect.stringMatching(/already taking part.*remove identity\.key/),
      }),
    )
    expect(await second.runs()).toEqual([])
    await second.stop()
    const ownersTwin = await copyOf(owner!)
    await expect(ownersTwin.joinRun({ token })).rejects.toThrow(
      expect.objectContaining({ name: 'CopiedIdentityError' }),
    )
    await ownersTwin.stop()

    const third = await nodes.start()
    await third.joinRun({ token })
    const ends = await Promise.all([owner!, member!, third].map((node) => untilEnd(node, run.id)))
    for (const events of ends) {
      for (const { neighbours } of reportsOf(events)) expect(neighbours.missing).toEqual([])
    }
  }, 30_000)

  test('a member that has lost its runs, and was started anew, may join again', async () => {
    const [owner, member] = await nodes.startMany(2)
    const { run, token } = await owner!.createRun({ job: tinyJob() })
    await member!.joinRun({ token })
    await member!.stop()
    await rm(join(member!.directory, 'runs'), { recursive: true })
    const again = await nodes.start(member!.directory)
    await again.joinRun({ token })
    expect(await owner!.run(run.id)).toMatchObject({ nodes: { joined: 2 } })
    await owner!.stopRun(run.id)
  }, 30_000)

  test('a token is of no use after its time', async () => {
    const [owner, other] = await nodes.startMany(2)
    const { run, token } = await owner!.createRun({ job: tinyJob(), tokenSeconds: -1 })
    await expect(other!.joinRun({ token })).rejects.toThrow(
      expect.objectContaining({ name: 'ExpiredTokenError' }),
    )
    await owner!.stopRun(run.id)
    expect(await owner!.run(run.id)).toMatchObject({ state: 'stopped' })
  })

  test('a model kept in a file needs the very same file', async () => {
    const [owner, other] = await nodes.startMany(2)
    const job = tinyJob({ model: { name: 'module', file: '/home/someone/secret-place/model.ts' } })
    const modelPath = join(owner!.directory, 'model.ts')
    await expect(owner!.createRun({ job, modelPath })).rejects.toThrow(
      expect.objectContaining({ name: 'ModelFileError' }),
    )
    expect(await other!.runs()).toEqual([])
  })
})

test('nothing secret is logged', async () => {
  const [owner, other] = await nodes.startMany(2)
  const { run, token } = await owner!.createRun({ job: tinyJob({ nodes: 2 }) })
  await other!.joinRun({ token })
  await untilEnd(owner!, run.id)
  const text = JSON.stringify([...owner!.logged, ...other!.logged])
  expect(text).not.toContain(token.slice(9, 60))
  expect(text).toContain('the node is up')
})

test('a data directory in use is refused, and so is a port; neither leaves anything behind', async () => {
  const first = await nodes.start()
  await expect(nodes.start(first.directory)).rejects.toThrow(
    expect.objectContaining({ name: 'DirectoryLockedError' }),
  )
  const [address] = (await first.status()).addresses
  const taken = address!.replace(/\/p2p\/.*$/, '')
  const folder = await nodes.folder()
  const starting = nodes.start(folder, [taken])
  await expect(starting).rejects.toThrow(expect.objectContaining({ name: 'ListenError' }))
  await expect(starting).rejects.toThrow(taken)
  await nodes.start(folder)
})
