import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSession, removeAbandoned } from '../../daemon/demo/session.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'starling-sessions-'))
})
afterEach(() => rmSync(root, { recursive: true }))

test('only what a killed demo has left is removed', async () => {
  const running = await openSession(root)
  const finished = await openSession(root)
  writeFileSync(join(finished.folder, 'report.html'), '')
  await finished.release()
  const killed = await openSession(root)
  mkdirSync(join(killed.folder, 'node-0'))
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(killed.folder, 'lock'), `${pid}\n`)
  mkdirSync(join(root, 'starling-demonstration'))
  writeFileSync(join(root, 'starling-demo-file'), '')

  await removeAbandoned(root)
  expect(readdirSync(root).sort()).toEqual(
    [
      ...[running.folder, finished.folder].map((path) => basename(path)),
      ...['starling-demo-file', 'starling-demonstration'],
    ].sort(),
  )
  expect(readdirSync(finished.folder)).toEqual(['report.html'])
})
