import { stat } from 'node:fs/promises'
import type { Check } from '../check.ts'

/** A clock this much behind a file's time stamp was set back, not merely adjusted. */
const TOLERANCE_MS = 60_000

/** Tokens expire by the machine's clock, so one that stands in the past makes them valid for too long. */
export const clock: Check = async () => {
  const { mtimeMs } = await stat(new URL(import.meta.url))
  const now = new Date()
  const detail = now.toISOString()
  if (now.getTime() >= mtimeMs - TOLERANCE_MS) return { name: 'clock', status: 'ok', detail }
  const fix = 'Set the clock, or switch on time synchronisation: timedatectl set-ntp true'
  return {
    name: 'clock',
    status: 'warn',
    detail: `${detail}, before this program was installed`,
    fix,
  }
}
