import { appendFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { openSlotJournal } from '../../daemon/store/slot-journal.ts'
import { newFolder } from './folder.ts'

/** What was made to last, by path; and how many bytes one call writes at most. */
const disk = vi.hoisted(() => ({ synced: [] as string[], most: Number.POSITIVE_INFINITY }))

vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  const paths = new Map<number, string>()
  const openSync: typeof fs.openSync = (path, ...rest) => {
    const file = fs.openSync(path, ...rest)
    paths.set(file, String(path))
    return file
  }
  const fsyncSync: typeof fs.fsyncSync = (file) => {
    fs.fsyncSync(file)
    disk.synced.push(paths.get(file)!)
  }
  const writeSync = (file: number, bytes: Uint8Array, at: number) =>
    fs.writeSync(file, bytes, at, Math.min(disk.most, bytes.length - at))
  return { ...fs, openSync, fsyncSync, writeSync: writeSync as typeof fs.writeSync }
})

beforeEach(() => {
  disk.synced.length = 0
  disk.most = Number.POSITIVE_INFINITY
})

test('what was claimed is known after a restart, and stands in the file before claim returns', async () => {
  const path = join(await newFolder(), 'slots.jsonl')
  const journal = openSlotJournal(path)
  expect(journal.lastRound).toBe(-1)
  journal.claim(3, [1, 2])
  expect(await readFile(path, 'utf8')).toContain('{"round":3,"receivers":[1,2]}')
  journal.claim(4, [2])
  expect(journal.lastRound).toBe(4)
  expect(openSlotJournal(path).lastRound).toBe(4)
})

test('a line torn by a crash spoils no other', async () => {
  const path = join(await newFolder(), 'slots.jsonl')
  openSlotJournal(path).claim(7, [1])
  await appendFile(path, '\n{"round":99,"rec')
  const again = openSlotJournal(path)
  expect(again.lastRound).toBe(7)
  again.claim(8, [1])
  expect(openSlotJournal(path).lastRound).toBe(8)
})

test('what cannot be written down is not claimed', async () => {
  const journal = openSlotJournal(join(await newFolder(), 'missing', 'slots.jsonl'))
  expect(() => journal.claim(0, [1])).toThrow(/ENOENT/)
  expect(journal.lastRound).toBe(-1)
})

test('the file is made to last, and with the first claim its place in the folder', async () => {
  const path = join(await newFolder(), 'slots.jsonl')
  for (let start = 0; start < 2; start++) {
    disk.synced.length = 0
    const journal = openSlotJournal(path)
    journal.claim(2 * start, [1])
    expect(disk.synced).toEqual([path, dirname(path)])
    journal.claim(2 * start + 1, [1])
    expect(disk.synced).toEqual([path, dirname(path), path])
  }
})

test('a line that is written in pieces is written whole', async () => {
  const path = join(await newFolder(), 'slots.jsonl')
  disk.most = 5
  openSlotJournal(path).claim(12, [1, 2, 3])
  expect(await readFile(path, 'utf8')).toBe('\n{"round":12,"receivers":[1,2,3]}')
  expect(openSlotJournal(path).lastRound).toBe(12)
})
