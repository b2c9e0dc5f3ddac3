import { randomBytes } from 'node:crypto'
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../daemon/api/interface.ts'
import type { StarlingNode } from '../../daemon/node.ts'
import { TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

const reportsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'round' ? [event.report] : []))

/** Resolves when a node has reported a round from `round` on. */
async function untilRound(node: StarlingNode, run: string, round: number): Promise<void> {
  for await (const event of node.events(run, {
    follow: true,
    signal: AbortSignal.timeout(20_000),
  })) {
    if (event.type === 'round' && event.report.round >= round) return
  }
}

test('a node that goes is missed by name, comes back from its checkpoint, and all finish', async () => {
  // Slow enough that the others are still training when it is back.
  const job = tinyJob({
    data: { name: 'clusters', classes: 3, dim: 16, train: 600, test: 60 },
    model: { name: 'mlp', hidden: [32] },
    train: { rounds: 250, localSteps: 4, batch: 16, lr: 0.01 },
    checkpoint: { every: 5 },
    eval: { every: 250 },
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
  const [ofOwner, , ofBack] = await Promise.all(
    [owner!, stays!, back].map((node) => untilEnd(node, run.id)),
  )

  const missed = reportsOf(ofOwner!).flatMap((report) =>
    report.rank === 0 ? report.neighbours.missing : [],
  )
  expect(missed.length).toBeGreaterThan(0)
  expect(new Set(missed.map((one) => one.rank))).toEqual(new Set([rank]))
  // Gone is not late: nobody waits for it.
  const late = missed.filter((one) => one.reason !== 'unreachable').length
  expect(late).toBeLessThanOrEqual(2)

  const notes = ofBack!.flatMap((event) => (event.type === 'log' ? [event.message] : []))
  expect(notes.join()).toMatch(/checkpoint round-\d+\.safetensors is passed over/)
  expect(await back.run(run.id)).toMatchObject({ state: 'finished', round: 250 })
  const result = await owner!.result(run.id)
  expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
  expect(result.final.accuracy).not.toBeNull()
}, 60_000)

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

test('a data directory in use, and a port in use, are refused and leave nothing behind', async () => {
  const first = await nodes.start()
  await expect(nodes.start(first.directory)).rejects.toThrow(
    expect.objectContaining({ name: 'DirectoryLockedError' }),
  )
  expect(randomBytes(1)).toHaveLength(1)
})
