/**
 * On disk before it happens: which masked vectors a run's node is about to send. Written and flushed synchronously,
 * because nothing may be sent until it stands there, and a round must not go on meanwhile.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { SlotJournal } from '../../src/sharing/index.ts'

interface Slot {
  readonly round: number
  readonly receivers: readonly number[]
}

/** The file is made with the first claim. */
export function openSlotJournal(path: string): SlotJournal {
  let lastRound = newestRound(path)
  return {
    get lastRound() {
      return lastRound
    },
    claim(round, receivers) {
      const slot: Slot = { round, receivers }
      const file = openSync(path, 'a', 0o600)
      try {
        // The line break comes first, so that a line torn by a crash spoils no other one.
        writeSync(file, `\n${JSON.stringify(slot)}`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      lastRound = Math.max(lastRound, round)
    },
  }
}

/** A torn line says nothing: its vector was never sent. */
function newestRound(path: string): number {
  return readText(path)
    .split('\n')
    .reduce((newest, line) => Math.max(newest, roundOf(line)), -1)
}

function roundOf(line: string): number {
  try {
    const { round } = JSON.parse(line) as Partial<Slot>
    return typeof round === 'number' ? round : -1
  } catch {
    return -1
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
