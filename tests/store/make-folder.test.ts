import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../daemon/store/index.ts'
import { newFolder } from './folder.ts'

test('makes what is missing on the way, with the mode asked for, and leaves what is there', async () => {
  const root = await newFolder()
  const path = join(root, 'a/b/c')
  makeFolder(path, 0o700)
  expect((await stat(join(root, 'a'))).mode & 0o777).toBe(0o700)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  await mkdir(join(root, 'open'), { mode: 0o755 })
  makeFolder(join(root, 'open'), 0o700)
  expect((await stat(join(root, 'open'))).mode & 0o777).toBe(0o755)
})

test('a file in the way is an error', async () => {
  const root = await newFolder()
  await writeFile(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(root, 'file/x'))).toThrow('ENOTDIR')
})

test.runIf(process.platform === 'linux')('a file system that takes no folders is named', () => {
  expect(() => makeFolder('/proc/starling/x')).toThrow(
    expect.objectContaining({
      name: 'NoFolderHereError',
      message: expect.stringContaining('/proc/starling'),
    }),
  )
})
