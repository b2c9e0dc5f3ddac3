import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MigrationError, UnknownVersionError } from '../../daemon/store/index.ts'
import { type Migration, migrate, readVersion } from '../../daemon/store/migrations.ts'
import { newFolder } from './folder.ts'

/** A step that appends its name to a file of the directory. */
const step =
  (name: string): Migration =>
  (directory) =>
    writeFile(join(directory, 'trace'), name, { flag: 'a' })

const versionOf = (path: string) => readFile(join(path, 'version'), 'utf8')

test('an old directory goes through every later step, once and in order', async () => {
  const path = await newFolder()
  await writeFile(join(path, 'version'), '2\n')
  const steps = [step('a'), step('b'), step('c')]
  await migrate(path, steps)
  await migrate(path, steps)
  expect(await readFile(join(path, 'trace'), 'utf8')).toBe('bc')
  expect(await versionOf(path)).toBe('4\n')
})

test('a new directory needs no step', async () => {
  const path = await newFolder()
  const fail: Migration = () => Promise.reject(new Error('must not run'))
  await migrate(path, [fail, fail])
  expect(await versionOf(path)).toBe('3\n')
})

test('a failed step keeps the version reached, and the next start goes on from there', async () => {
  const path = await newFolder()
  await writeFile(join(path, 'version'), '1\n')
  let isBroken = true
  const fragile: Migration = async (directory) => {
    if (isBroken) throw new Error('disk full')
    await step('b')(directory)
  }
  const steps = [step('a'), fragile, step('c')]
  await expect(migrate(path, steps)).rejects.toThrow(MigrationError)
  await expect(migrate(path, steps)).rejects.toThrow(/from version 2 to 3: disk full/)
  expect(await versionOf(path)).toBe('2\n')
  isBroken = false
  await migrate(path, steps)
  expect(await readFile(join(path, 'trace'), 'utf8')).toBe('abc')
})

test('a directory of a newer program is refused and left alone', async () => {
  const path = await newFolder()
  await writeFile(join(path, 'version'), '9\n')
  await expect(migrate(path, [step('a')])).rejects.toThrow(UnknownVersionError)
  expect(await versionOf(path)).toBe('9\n')
})

test('reading the version changes nothing', async () => {
  const path = await newFolder()
  expect(await readVersion(path)).toBeUndefined()
  await writeFile(join(path, 'version'), '2\n')
  expect(await readVersion(path, [step('a')])).toBe(2)
  await expect(readVersion(path, [])).rejects.toThrow(UnknownVersionError)
  expect(await readdir(path)).toEqual(['version'])
})
