/**
 * On disk before it happens: which masked vectors a run's node is about to send. Written and flushed synchronously,
 * because nothing may be sent until it stands there, and a round must not go on meanwhile.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SlotJournal } from '../../src/sharing/index.ts'

interface Slot {
  readonly round: number
  readonly receivers: readonly number[]
}

/** The file is made with the first claim. */
export function openSlotJournal(path: string): SlotJournal {
  let lastRound = newestRound(path)
  /** Whether a power cut leaves the file in its folder. Who opens it again cannot know. */
  let isFiled = false
  return {
    get lastRound() {
      return lastRound
    },
    claim(round, receivers) {
      const slot: Slot = { round, receivers }
      const file = openSync(path, 'a', 0o600)
      try {
        // The line break comes first, so that a line torn by a crash spoils no other one.
        writeWhole(file, `\n${JSON.stringify(slot)}`)
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      if (!isFiled) syncFolder(dirname(path))
      isFiled = true
      lastRound = Math.max(lastRound, round)
    },
  }
}

/** One call may write a part only, as on a disk that is nearly full. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

/** Makes a new file last; Windows has no such call and needs none. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
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
