import { availableParallelism } from 'node:os'
import { formatBytes } from '../../../src/reporting/format.ts'
import type { Check } from '../check.ts'

/** An engine with a small model takes about 300 MB; twice that leaves room for the machine's other work. */
const ENOUGH = 600 * 2 ** 20

export const memory: Check = async () => {
  // Within the limits of a container, where there are some.
  const available = process.availableMemory()
  const detail = `${formatBytes(available)} available, ${availableParallelism()} processors`
  if (available >= ENOUGH) return { name: 'memory', status: 'ok', detail }
  const fix = 'Close other programs or give the machine more memory; large models will not fit.'
  return { name: 'memory', status: 'warn', detail, fix }
}
