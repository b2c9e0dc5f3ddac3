import { expect, test, vi } from 'vitest'
import type { MemberReport, Reports } from '../../daemon/network/index.ts'
import { ReportOutbox } from '../../daemon/services/report-outbox.ts'

const final = (rank: number): MemberReport => ({
  type: 'final',
  final: { rank, parametersSha256: '0'.repeat(64), parameters: 5, peakRssBytes: 1 },
})

/** An outbox to one owner whose answers are given by hand, on a clock that never waits long. */
function outboxTo(send: Reports['send']) {
  const refusals: string[] = []
  const emptied = vi.fn()
  const outbox = new ReportOutbox({
    run: 'r1',
    owners: ['ann'],
    reports: { send },
    clock: { now: () => 0, sleep: () => new Promise((resolve) => setTimeout(resolve, 1)) },
    isConnected: () => true,
    refused: (report, reason) => refusals.push(`${JSON.stringify(report)} ${reason}`),
    emptied,
  })
  return { outbox, refusals, emptied }
}

test('a report that the owner refuses is left out, said so once, and those behind it arrive', async () => {
  const stored: MemberReport[] = []
  const { outbox, refusals } = outboxTo(async (_run, _owner, batch) => {
    const bad = batch.findIndex((report) => report.type === 'final' && report.final.rank === 2)
    stored.push(...batch.slice(0, bad === -1 ? batch.length : bad))
    return bad === -1 ? { stored: batch.length, refused: null } : { stored: bad, refused: 'no' }
  })
  outbox.add(final(1), final(2), final(3))
  await vi.waitFor(() => expect(stored).toHaveLength(2))
  expect(stored).toEqual([final(1), final(3)])
  expect(refusals).toEqual([`${JSON.stringify(final(2))} no`])
  await outbox.stop(1)
})

test('what an owner that is away has not stored is sent again', async () => {
  let calls = 0
  const { outbox, refusals, emptied } = outboxTo(async (_run, _owner, batch) => {
    expect(outbox.delivered).toEqual([])
    if (++calls < 3) throw new Error('the stream was reset')
    return { stored: batch.length, refused: null }
  })
  outbox.add(final(1))
  await vi.waitFor(() => expect(calls).toBe(3))
  await outbox.stop(1)
  expect(calls).toBe(3)
  expect(emptied).toHaveBeenCalledOnce()
  expect(outbox.delivered).toEqual(['ann'])
  expect(refusals).toEqual([])
})
