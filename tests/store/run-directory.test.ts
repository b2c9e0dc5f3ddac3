import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CorruptFileError, openDataDirectory, UnknownRunError } from '../../daemon/store/index.ts'
import { openJsonLines } from '../../daemon/store/json-lines.ts'
import type { Job } from '../../src/learning/index.ts'
import { newFolder } from './folder.ts'

const ID = '00112233445566778899aabbccddeeff'
const content = {
  manifest: Uint8Array.of(1, 2, 3),
  job: { name: 'x' } as Job,
  facts: { state: 'gathering' },
}

test('a run’s files come back', async () => {
  const directory = await openDataDirectory(await newFolder())
  await directory.createRun(ID, content)
  expect(await directory.runIds()).toEqual([ID])
  const run = await directory.openRun<object, object, object>(ID)
  expect(new Uint8Array(await run.readManifest())).toEqual(content.manifest)
  expect(await run.readFacts()).toEqual({ state: 'gathering' })
  await run.writeFacts({ state: 'finished' })
  expect(await run.readFacts()).toEqual({ state: 'finished' })
  await run.writeRoster(10, Uint8Array.of(10))
  await run.writeRoster(9, Uint8Array.of(9))
  expect((await run.readRosters()).map((bytes) => bytes[0])).toEqual([9, 10])
  await Promise.all([run.events.append({ n: 1 }), run.events.append({ n: 2 }, { n: 3 })])
  expect(await run.events.readAll()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  await directory.removeRun(ID)
  expect(await directory.runIds()).toEqual([])
  await directory.close()
})

test('ids that are none, such as paths, are unknown runs', async () => {
  const directory = await openDataDirectory(await newFolder())
  for (const id of ['..', '../runs', ID.toUpperCase(), '', ID]) {
    await expect(directory.openRun(id)).rejects.toThrow(UnknownRunError)
  }
  await directory.close()
})

test('a run whose creation was interrupted does not count', async () => {
  const path = await newFolder()
  const directory = await openDataDirectory(path)
  await mkdir(join(path, 'runs', ID))
  expect(await directory.runIds()).toEqual([])
  await directory.createRun(ID, content)
  await rm(join(path, 'runs', ID, 'manifest'))
  const run = await directory.openRun(ID)
  await expect(run.readManifest()).rejects.toThrow(CorruptFileError)
  await directory.close()
})

test('a line torn by a crash is cut off and the next one is whole', async () => {
  const path = join(await newFolder(), 'log.jsonl')
  await openJsonLines(path).append({ n: 1, text: 'ä' })
  await appendFile(path, '{"n":2,"te')
  const again = openJsonLines(path)
  expect(await again.readAll()).toEqual([{ n: 1, text: 'ä' }])
  await again.append({ n: 3 })
  expect(await readFile(path, 'utf8')).toBe('{"n":1,"text":"ä"}\n{"n":3}\n')
})

test('a spoilt line in the middle costs that line only', async () => {
  const path = join(await newFolder(), 'log.jsonl')
  await appendFile(path, '{"n":1}\n\0\0\0\n{"n":2}\n')
  expect(await openJsonLines(path).readAll()).toEqual([{ n: 1 }, { n: 2 }])
})
