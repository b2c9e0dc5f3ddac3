/** Limits on bytes in an emulation: what nodes send by the virtual clock, and what becomes of the learning. */
import { describe, expect, test } from 'vitest'
import type { RoundReport } from '../../src/learning/index.ts'
import { emulateJob } from '../support/emulation.ts'
import { smallJob } from '../support/small-job.ts'

/** A job whose rounds take a tenth of a virtual second, and its reports. */
async function run(overrides: Record<string, unknown>) {
  const reports: RoundReport[] = []
  const job = smallJob({
    'train.rounds': 60,
    'eval.every': 60,
    'emulation.stepSeconds': 0.1,
    'data.dim': 100,
    'share.method': 'top-k',
    ...overrides,
  })
  const { result } = await emulateJob(job, { onReport: (report) => reports.push(report) })
  const seconds = Math.max(...reports.map(({ elapsed }) => elapsed))
  const sentBy = (rank: number) =>
    reports.reduce((sum, report) => sum + (report.rank === rank ? report.bytes.sent : 0), 0)
  const skipped = reports.reduce((sum, { neighbours }) => sum + (neighbours.skipped ?? 0), 0)
  return { job, result, reports, seconds, sentBy, skipped }
}

describe('limits.up', () => {
  test('makes messages smaller before anybody is left out', async () => {
    const free = await run({ 'share.budget': 0.8 })
    const up = free.sentBy(0) / free.reports.filter(({ rank }) => rank === 0).length / 4
    const limited = await run({ 'share.budget': 0.8, 'limits.up': up })
    // Of 1,440 messages.
    expect(limited.skipped).toBeLessThan(15)
    expect(limited.result.bytes.values).toBeLessThan(0.6 * free.result.bytes.values)
    expect(limited.sentBy(0)).toBeLessThan(up * (limited.seconds + 1) + 4000)
  })

  test('leaves out neighbours, each of them in turn, where even the smallest message is too much', async () => {
    const up = 2_000
    const { job, reports, seconds, sentBy, skipped } = await run({
      'limits.up': up,
      'share.method': 'full',
    })
    expect(skipped).toBeGreaterThan(0)
    // Those left out are told so at once: nobody waits for a message that will not come.
    expect(reports.every(({ neighbours }) => neighbours.missing.length === 0)).toBe(true)
    expect(reports.every(({ seconds: { wait } }) => wait < 3)).toBe(true)
    for (let rank = 0; rank < job.nodes; rank++) {
      const notices = 60 * 3 * 60
      expect(sentBy(rank)).toBeLessThan(up * (seconds + 1) + 4000 + notices)
    }
  })
})

test('limits.daily ends sending for the day when it is used up, not learning', async () => {
  const free = await run({})
  const daily = free.sentBy(0)
  const { job, reports, result } = await run({ 'limits.daily': daily })
  const received = (rank: number) =>
    reports.reduce((sum, report) => sum + (report.rank === rank ? report.bytes.received : 0), 0)
  for (let rank = 0; rank < job.nodes; rank++) {
    const sent = reports.reduce(
      (sum, report) => sum + (report.rank === rank ? report.bytes.values : 0),
      0,
    )
    expect(sent).toBeLessThan(daily)
    expect(received(rank)).toBeGreaterThan(0)
  }
  expect(reports).toHaveLength(60 * job.nodes)
  expect(result.final.accuracy!.mean).toBeGreaterThan(0)
})

test('limits.down lets messages wait at the receiver', async () => {
  const free = await run({})
  const slow = await run({ 'limits.down': free.sentBy(0) / free.seconds / 3 })
  expect(slow.seconds).toBeGreaterThan(1.5 * free.seconds)
  expect(slow.result.bytes.values).toBe(free.result.bytes.values)
})
