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
    let refusal: InvalidReportError | undefined
    // Read to the end in any case, so that the answer finds the sender listening.
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      if (refusal !== undefined) continue
      try {
        batch.push(readReport(next.value, rank))
      } catch (error) {
        if (!(error instanceof InvalidReportError)) throw error
        refusal = error
      }
    }
    await init.store(run, batch)
    const count = batch.length
    if (refusal === undefined) {
      yield encodeStored({ count })
    } else {
      init.reportRefused(run, peerId, refusal)
      yield encodeStored({ refused: { count, reason: refusal.reason } })
    }
  })

  return {
    async send(run, peerId, batch, options) {
      const encoded = batch.slice(0, MAX_BATCH).map(encodeReport)
      const tooLarge = encoded.findIndex(({ length }) => length > requestFrame)
      if (tooLarge === 0) {
        const reason = `it takes ${encoded[0]!.length} bytes, at most ${requestFrame} travel`
        return { stored: 0, refused: reason }
      }
      const sent = tooLarge === -1 ? encoded : encoded.slice(0, tooLarge)
      const request = [encodeHead({ run: fromHex(run) }), ...sent]
      const response = await single(transport.call(peerId, reports, request, options))
      const { count = 0, refused } = decodeStored(response)
      return refused === undefined
        ? { stored: Math.min(sent.length, count), refused: null }
        : { stored: Math.min(sent.length - 1, refused.count), refused: refused.reason }
    },
  }
}

const { requestFrame } = reports.limits

/** @throws {InvalidReportError} also where it is about another rank than the sender's */
function readReport(bytes: Uint8Array, rank: number): MemberReport {
  const report = decodeReport(bytes)
  if (rankIn(report) !== rank) throw new InvalidReportError(`rank ${rank} speaks for another`)
  return report
}

function rankIn(report: MemberReport): number {
  return report.type === 'round' ? report.report.rank : report.final.rank
}
