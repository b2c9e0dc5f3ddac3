import { afterAll, expect, test } from 'vitest'
import { TestNodes, tinyJob } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

test('runs are listed in the order in which they came, also after a restart', async () => {
  const node = await nodes.start()
  const created: string[] = []
  // Ids are hashes: of six, one order in 720 is that of the ids by chance.
  for (let i = 0; i < 6; i++) {
    const { run } = await node.createRun({ job: tinyJob({ name: `number-${i}` }) })
    created.push(run.id)
  }
  const listed = async (of: typeof node) => (await of.runs()).map(({ id }) => id)
  expect(await listed(node)).toEqual(created)
  await node.stop()
  expect(await listed(await nodes.start(node.directory))).toEqual(created)
})

test('a run that gathers shows the nodes of its job, and null for what nobody has measured', async () => {
  const [owner, member] = await nodes.startMany(2)
  const { run, token } = await owner!.createRun({ job: tinyJob() })
  const unknown = {
    nodes: 3,
    model: { name: 'mlp', parameters: 6 * 8 + 8 + 8 * 3 + 3 },
    final: { accuracy: null, loss: null, nodes: 0 },
    curve: [],
    consensusDistance: null,
    wallSeconds: null,
    nodeRoundsPerSecond: null,
    peakRssBytes: null,
    parametersSha256: null,
  }
  expect(await owner!.result(run.id)).toMatchObject(unknown)
  await member!.joinRun({ token })
  expect(await owner!.result(run.id)).toMatchObject(unknown)
  expect(await member!.result(run.id)).toMatchObject(unknown)
  // The model's size is known of a run that is not open any more, too.
  await owner!.stopRun(run.id)
  await owner!.stop()
  const again = await nodes.start(owner!.directory)
  expect(await again.result(run.id)).toMatchObject(unknown)
})
