import type { DataDirectory } from '../store/index.ts'
import { ByteLedger, type ByteLedgerInit, parseLedger } from './byte-ledger.ts'

/** A process that is killed forgets at most so much of what it has counted. */
const SAVE_MS = 60_000

export interface KeptLedger {
  readonly ledger: ByteLedger
  /** Writes it for the last time. */
  close(): Promise<void>
}

/**
 * Goes on from the data directory's ledger and writes it there every minute. A damaged one is set aside.
 *
 * @param warn is told of what could not be read or written: counting goes on all the same
 */
export async function keepLedger(
  directory: DataDirectory,
  init: Omit<ByteLedgerInit, 'stored'>,
  warn: (error: Error) => void,
): Promise<KeptLedger> {
  const failed = (error: unknown) => {
    warn(error instanceof Error ? error : new Error(String(error)))
    return null
  }
  const stored = await directory.readLedger(parseLedger).catch(failed)
  const ledger = new ByteLedger({ ...init, stored })
  let last: Promise<unknown> = Promise.resolve()
  const save = () => {
    last = last.then(() => directory.writeLedger(ledger.stored())).catch(failed)
    return last
  }
  const timer = setInterval(save, SAVE_MS).unref()
  return {
    ledger,
    async close() {
      clearInterval(timer)
      await save()
    },
  }
}
