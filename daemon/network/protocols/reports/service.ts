import { fromHex, toHex } from '../../../../crypto/index.ts'
import { TruncatedFrameError } from '../../errors.ts'
import type { Transport } from '../../protocol.ts'
import { single } from '../../single.ts'
import { MAX_BATCH, reports } from './constants.ts'
import { InvalidReportError, ReportsRefusedError } from './errors.ts'
import type { Reports, ReportsInit } from './interface.ts'
import { decodeHead, decodeStored, encodeHead, encodeStored } from './message.ts'
import { decodeReport, encodeReport, type MemberReport } from './report.ts'

export async function serveReports(transport: Transport, init: ReportsInit): Promise<Reports> {
  await transport.serve(reports, async function* (request, { peerId }) {
    const frames = request[Symbol.asyncIterator]()
    const first = await frames.next()
    if (first.done === true) throw new TruncatedFrameError()
    const run = toHex(decodeHead(first.value).run)
    const rank = init.rankOf(run, peerId)
    if (rank === undefined) throw new ReportsRefusedError(peerId, run)
    const batch: MemberReport[] = []
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const report = decodeReport(next.value)
      if (rankIn(report) !== rank) throw new InvalidReportError(`rank ${rank} speaks for another`)
      batch.push(report)
    }
    await init.store(run, batch)
    yield encodeStored({ count: batch.length })
  })

  return {
    async send(run, peerId, batch, options) {
      const head = encodeHead({ run: fromHex(run) })
      const sent = batch.slice(0, MAX_BATCH)
      const request = [head, ...sent.map(encodeReport)]
      const response = await single(transport.call(peerId, reports, request, options))
      return Math.min(sent.length, decodeStored(response).count)
    },
  }
}

function rankIn(report: MemberReport): number {
  return report.type === 'round' ? report.report.rank : report.final.rank
}
