/** Limits on bytes with whole nodes over TCP: what crosses the sockets, and that the owner's result is whole. */
import { afterAll, expect, test, vi } from 'vitest'
import type { RoundReport } from '../../src/learning/index.ts'
import { type TestNode, TestNodes, tinyJob, untilEnd } from './nodes.ts'

const nodes = new TestNodes()
afterAll(() => nodes.close())

const ROUNDS = 12

/** A run of three under these limits; what its owner and each node say of it. @param hidden units of the model */
async function runUnder(limits: Record<string, number>, hidden: number) {
  const job = tinyJob({
    data: { name: 'clusters', classes: 10, dim: 64, train: 600, test: 60 },
    model: { name: 'mlp', hidden: [hidden] },
    train: { rounds: ROUNDS, localSteps: 1, batch: 8, lr: 0.05 },
    limits,
  })
  const members = await nodes.startMany(3)
  const [owner, ...others] = members
  const { run, token } = await owner!.createRun({ job })
  for (const node of others) await node.joinRun({ token })
  const events = await Promise.all(members.map((node) => untilEnd(node, run.id)))
  // The last of them may be written down a moment after the end.
  const reports = await vi.waitFor(async () => {
    const rounds: RoundReport[] = []
    for await (const event of owner!.events(run.id, { follow: false })) {
      if (event.type === 'round') rounds.push(event.report)
    }
    expect(rounds).toHaveLength(3 * ROUNDS)
    return rounds
  }, 5000)
  const skipped = reports.reduce((sum, { neighbours }) => sum + (neighbours.skipped ?? 0), 0)
  const notes = events.flat().flatMap((event) => (event.type === 'log' ? [event.message] : []))
  const result = await owner!.result(run.id)
  return { members, reports, skipped, notes, result, run: run.id }
}

/** Every member's reports and digest have come to the owner, those with skipped neighbours too. */
function expectWhole({ reports, skipped, notes, result }: Awaited<ReturnType<typeof runUnder>>) {
  expect(skipped).toBeGreaterThan(0)
  for (const rank of [0, 1, 2]) {
    const rounds = reports.filter((report) => report.rank === rank).map(({ round }) => round)
    expect(rounds.sort((a, b) => a - b)).toEqual(Array.from({ length: ROUNDS }, (_, i) => i))
  }
  expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
  expect(result.final.accuracy!.min).toBeLessThanOrEqual(result.final.accuracy!.max)
  expect(notes).toEqual([])
}

const frameBytes = async (node: TestNode, run: string) =>
  (await node.byteStats()).runs.find((flow) => flow.run === run)!

test('limits.up is kept to, and every report with skipped neighbours reaches the owner', async () => {
  const up = 20_000
  const outcome = await runUnder({ up }, 128)
  expectWhole(outcome)
  for (const [rank, node] of outcome.members.entries()) {
    const { sent } = await frameBytes(node, outcome.run)
    const own = outcome.reports.filter((report) => report.rank === rank)
    // Frames may wait a second for their turn, which those of the last round do after its report.
    const seconds = Math.max(...own.map(({ elapsed }) => elapsed)) + 1
    // One message of about 32 kB may be over it, and those without values are sent all the same.
    expect(sent).toBeLessThan(up * (seconds + 1) + 34_000 + ROUNDS * 2 * 64)
  }
}, 60_000)

test('limits.daily ends the sending of values, not the run nor its reports', async () => {
  const daily = 300_000
  const outcome = await runUnder({ daily }, 32)
  expectWhole(outcome)
  for (const node of outcome.members) {
    const { today } = await node.byteStats()
    // Without the limit 12 rounds take 420 kB. Messages under way, reports and connections come on top of four fifths.
    expect(today.sent + today.received).toBeLessThan(daily * 1.1)
    expect(today.sent + today.received).toBeGreaterThan(daily * 0.8)
  }
}, 60_000)
