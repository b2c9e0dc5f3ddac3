import { execFileSync } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PACKAGE_ROOT, VERSION } from '../../daemon/version.ts'
import { temporaryFolder } from './starling.ts'

test('the command that package.json names runs from anywhere, with the caller’s relative paths', () => {
  const { bin } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'))
  const folder = temporaryFolder()
  const command = join(folder, 'starling')
  symlinkSync(new URL(bin.starling, PACKAGE_ROOT).pathname, command)
  const { INIT_CWD: _, ...env } = process.env
  const run = (...words: string[]) =>
    execFileSync(command, words, { cwd: folder, env, encoding: 'utf8' })
  expect(JSON.parse(run('version', '--json'))).toMatchObject({ starling: VERSION })
  const { dataDirectory } = JSON.parse(run('init', '--dir', 'data', '--json'))
  expect(dataDirectory).toBe(join(folder, 'data'))
}, 120_000)
