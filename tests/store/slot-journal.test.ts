import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSlotJournal } from '../../daemon/store/slot-journal.ts'
import { newFolder } from './folder.ts'

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
