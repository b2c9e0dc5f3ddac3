import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RunEvent } from '../../daemon/api/interface.ts'
import { buildDataset } from '../../src/data/index.ts'
import { emulate } from '../../src/emulation/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import type { RoundReport } from '../../src/learning/index.ts'
import { type TestNode, TestNodes, tinyJob } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

const job = tinyJob({
  nodes: 4,
  share: { method: 'jwins' },
  privacy: { secureAggregation: 'cesar', epochRounds: 3, cooldown: 0 },
  train: { rounds: 6, localSteps: 2, batch: 8, lr: 0.05 },
})

/** Many nodes in one process, on machines of any speed. */
const PATIENCE = 90_000

const EPOCH = 6

test(
  'four private nodes over TCP end where the emulation ends, and each adopts every sum',
  async () => {
    const [owner, ...others] = await nodes.startMany(4)
    const { run, token } = await owner!.createRun({ job })
    for (const node of others) await node.joinRun({ token })
    const events = await Promise.all([owner!, ...others].map((node) => untilEnd(node, run.id)))
    const reports = events[0]!.flatMap((event) => (event.type === 'round' ? [event.report] : []))
    expect(reports).toHaveLength(4 * 6)
    expect(reports.map(({ privacy }) => privacy?.outcome)).toEqual(reports.map(() => 'adopted'))

    const result = await owner!.result(run.id)
    expect(result.privacy).toEqual({
      masked: true,
      rounds: { adopted: 24, refused: 0, coolingDown: 0 },
      maskers: { min: 2, mean: 2 },
      droppedShare: 0,
      clippedShare: 0,
      reasons: [],
    })
    const engine = await createEngine({ backend: 'cpu' })
    try {
      const ports = {
        wallClock: () => performance.now() / 1000,
        peakMemory: () => 0,
        turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
      }
      const dataset = buildDataset(job.data, new Map())
      const emulated = await emulate({ job, engine, dataset, ports })
      expect(result.parametersSha256).toBe(emulated.result.parametersSha256)
      expect(result.bytes).toEqual(emulated.result.bytes)
    } finally {
      await engine.dispose()
    }

    // Each receiver was claimed once a round before anything was sent to it: scores, or where there are none, a vector.
    const claimed = (await slotsOf(owner!.directory, run.id)).flatMap(({ round, receivers }) =>
      receivers.map((receiver) => `${round}:${receiver}`),
    )
    const rounds = reports.filter(({ rank }) => rank === 0).map(({ round }) => round)
    const due = rounds.flatMap((round) => [1, 2, 3].map((receiver) => `${round}:${receiver}`))
    expect(claimed.sort()).toEqual(due.sort())
  },
  PATIENCE,
)

test(
  'a node that is stopped and started again keeps its own model and sends nothing in the interrupted epoch',
  async () => {
    const five = tinyJob({
      nodes: 5,
      topology: { kind: 'full' },
      share: { method: 'jwins' },
      privacy: { secureAggregation: 'cesar', ringBits: 16, epochRounds: EPOCH, cooldown: 0 },
      train: { rounds: 24, localSteps: 20, batch: 8, lr: 0.02 },
      limits: { maxDeadline: 1 },
    })
    const [owner, ...others] = await nodes.startMany(5)
    const { run, token } = await owner!.createRun({ job: five })
    for (const node of others) await node.joinRun({ token })
    const victim = others[3]!
    const finished = Promise.all(
      [owner!, ...others.slice(0, 3)].map((node) => untilEnd(node, run.id)),
    )
    const seen = victim.events(run.id, { follow: true, signal: AbortSignal.timeout(PATIENCE) })
    // On a slow machine a node may miss the keys of a whole epoch, and send nothing in it.
    for await (const event of seen) {
      if (event.type !== 'round' || event.report.round < 3) continue
      if (event.report.privacy!.refusedReceivers < 4) break
    }
    await victim.stop()
    const before = await slotsOf(victim.directory, run.id)
    const again = await nodes.start(victim.directory)
    const back = untilEnd(again, run.id)
    const [events] = await finished
    const ends = (await back).findLast((event) => event.type === 'state')
    expect(ends).toMatchObject({ state: 'finished' })

    const own = await reportsOf(again.directory, run.id)
    expect(own.map(({ caughtUpFrom }) => caughtUpFrom)).toEqual(own.map(() => null))
    expect(own.at(-1)!.round).toBe(23)
    const claimed = await slotsOf(again.directory, run.id)
    const last = before.at(-1)!.round
    expect(claimed.slice(0, before.length)).toEqual(before)
    for (const { round } of claimed.slice(before.length)) {
      expect(Math.floor(round / EPOCH)).toBeGreaterThan(Math.floor(last / EPOCH))
    }
    const reports = events!.flatMap((event) => (event.type === 'round' ? [event.report] : []))
    expect(
      reports.every(({ privacy }) => privacy!.outcome === 'refused' || privacy!.survivors >= 3),
    ).toBe(true)
  },
  PATIENCE,
)

test(
  'no daemon runs a job that only looks private',
  async () => {
    const node = await nodes.start()
    const open = {
      ...job,
      privacy: { ...job.privacy, secureAggregation: 'off-same-ring' as const },
    }
    await expect(node.createRun({ job: open })).rejects.toThrow(/sends everything in clear/)
  },
  PATIENCE,
)

/** As `untilEnd`, for several seconds of work on machines of any speed. */
async function untilEnd(node: TestNode, run: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  const signal = AbortSignal.timeout(PATIENCE)
  for await (const event of node.events(run, { follow: true, signal })) events.push(event)
  return events
}

async function reportsOf(directory: string, run: string): Promise<RoundReport[]> {
  const text = await readFile(join(directory, 'runs', run, 'metrics.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The vectors that a node has noted, round by round. */
async function slotsOf(
  directory: string,
  run: string,
): Promise<{ round: number; receivers: number[] }[]> {
  const text = await readFile(join(directory, 'runs', run, 'slots.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
