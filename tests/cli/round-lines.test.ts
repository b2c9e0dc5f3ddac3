import { expect, test } from 'vitest'
import type { RunEvent, RunSummary } from '../../daemon/api/index.ts'
import { chooseRun } from '../../daemon/cli/find-run.ts'
import { printEvents } from '../../daemon/cli/round-lines.ts'
import { DemoProgress } from '../../daemon/demo/progress.ts'
import type { RoundReport } from '../../src/learning/index.ts'
import { EXAMPLE_RUN } from '../api/fake-daemon.ts'

function report(round: number, rank: number, accuracy: number | null = null): RoundReport {
  return {
    round,
    rank,
    trainLoss: 1,
    accuracy,
    testLoss: accuracy,
    bytes: { sent: 1000, received: 1000, values: 900, indices: 0, overhead: 100 },
    neighbours: { expected: 1, heard: 1, missing: [] },
    seconds: { train: 1, encode: 0, wait: 0, mix: 0, evaluate: 0 },
    elapsed: round + 1,
    neighbourDistance: null,
    caughtUpFrom: null,
  }
}

const round = (...args: Parameters<typeof report>): RunEvent => ({
  type: 'round',
  report: report(...args),
  at: 'now',
})

async function printed(run: RunSummary, ...events: RunEvent[]): Promise<string[]> {
  const lines: string[] = []
  const stream = (async function* () {
    yield* events
  })()
  await printEvents(
    stream,
    async () => run,
    (line) => lines.push(line),
  )
  return lines
}

const OWNER: RunSummary = { ...EXAMPLE_RUN, role: 'owner', rank: 0 }
const MEMBER: RunSummary = { ...EXAMPLE_RUN, role: 'member', rank: 1 }

test("an owner's line shows the accuracy over all nodes, whoever reports first", async () => {
  const lines = await printed(OWNER, round(0, 1, 0.2), round(0, 0, 0.4), round(1, 0), round(1, 1))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/round\s+1\/10 .*30\.0 % \(20–40\)/)
  expect(lines[1]).toMatch(/round\s+2\/10 /)
})

test('a node that does not report holds a line back for one round only', async () => {
  const lines = await printed(OWNER, round(0, 0, 0.4), round(1, 0, 0.5), round(1, 1, 0.7))
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/round\s+1\/10 .*40\.0 %/)
  expect(lines[1]).toMatch(/60\.0 % \(50–70\)/)
})

test('a member prints its own rounds and says that they are its own, other events in their place', async () => {
  const log: RunEvent = { type: 'log', level: 'info', message: 'hello', at: 'now' }
  const lines = await printed(MEMBER, log, round(0, 1), log, round(1, 1))
  const words = lines.map((line) => line.split(' ')[0])
  expect(words).toEqual(['hello', 'Figures', 'round', 'hello', 'round'])
  expect(lines[1]).toContain('of this node alone')
  expect(await printed(OWNER, round(0, 0))).toHaveLength(1)
})

test("the demo's line waits for all nodes and takes their means", () => {
  const progress = new DemoProgress(2)
  expect(progress.add(0, report(0, 0, 0.2))).toBeNull()
  expect(progress.add(0, report(1, 0))).toBeNull()
  expect(progress.add(1, report(0, 1, 0.4))).toMatchObject({ round: 0, bytesSent: 3000 })
  expect(progress.add(1, report(1, 1))).toMatchObject({ round: 1, accuracy: null, missing: 0 })
  expect(progress.reportsOf(1).map((entry) => entry.round)).toEqual([0, 1])
})

test('a run is found by the beginning of its id, if that is its own', () => {
  const runs = ['abc1', 'abc2', 'abd'].map((id) => ({ ...EXAMPLE_RUN, id }))
  expect(chooseRun(runs, 'abc2').id).toBe('abc2')
  expect(chooseRun(runs, 'abd').id).toBe('abd')
  expect(() => chooseRun(runs, 'abc')).toThrow(/abc1[\s\S]*abc2/)
  expect(() => chooseRun(runs, 'x')).toThrow('starling runs')
  expect(chooseRun([...runs, { ...EXAMPLE_RUN, id: 'abc' }], 'abc').id).toBe('abc')
})
