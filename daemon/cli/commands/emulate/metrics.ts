/** `metrics.jsonl`: round reports as they come, so that an emulation of a million node-rounds need not keep them. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { RoundReport } from '../../../../src/learning/index.ts'
import { writingTo } from '../../output.ts'

export interface Metrics {
  /** Throws once writing has failed, which ends the emulation. */
  add(report: RoundReport): void
  close(): Promise<void>
}

/**
 * @param folder which is there; undefined: nothing is written
 * @throws {UsageError} where it cannot be written to
 */
export async function openMetrics(folder: string | undefined): Promise<Metrics> {
  if (folder === undefined) return { add: () => {}, close: async () => {} }
  const file = join(folder, 'metrics.jsonl')
  const stream = (await writingTo(file, () => open(file, 'w'))).createWriteStream()
  // Whoever writes or closes next is told.
  stream.on('error', () => {})
  return {
    add(report) {
      if (stream.errored !== null) throw stream.errored
      stream.write(`${JSON.stringify(report)}\n`)
    },
    async close() {
      stream.end()
      await finished(stream)
    },
  }
}
