import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dataDirectory } from '../../daemon/doctor/checks/data-directory.ts'
import { disk } from '../../daemon/doctor/checks/disk.ts'
import { identity } from '../../daemon/doctor/checks/identity.ts'
import { ports } from '../../daemon/doctor/checks/ports.ts'
import { checkOpenBlas, describeEngine } from '../../daemon/doctor/engine.ts'
import type { EngineInfo } from '../../src/engine/interface.ts'
import { runCommand } from './run-command.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'starling-doctor-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const INFO: EngineInfo = { backend: 'wasm', device: 'wasm, SIMD', gflops: 12.34, skipped: [] }

test('--json is the documented shape, and the engine has computed', async () => {
  const { code, stdout } = await runCommand('doctor', '--dir', directory, '--json')
  const { checks, engine } = JSON.parse(stdout)
  expect(code).toBe(0)
  for (const check of checks) {
    expect(['ok', 'warn', 'fail']).toContain(check.status)
    expect(check).toMatchObject({ name: expect.any(String), detail: expect.any(String) })
  }
  const names = checks.map((check: { name: string }) => check.name)
  for (const name of [
    'node',
    'data directory',
    'identity',
    'ports',
    'disk',
    'memory',
    'clock',
    'engine',
    'openblas',
  ]) {
    expect(names).toContain(name)
  }
  expect(engine).toEqual({
    backend: expect.any(String),
    device: expect.any(String),
    gflops: expect.any(Number),
  })
  expect(engine.gflops).toBeGreaterThan(0)
})

test('a data directory open to others is a warning, a file in its place a failure', async () => {
  const check = (path: string) => dataDirectory({ directory: path, listen: [] })
  expect((await check(directory)).status).toBe('ok')
  chmodSync(directory, 0o755)
  expect(await check(directory)).toMatchObject({ status: 'warn', fix: `chmod 700 ${directory}` })
  writeFileSync(join(directory, 'file'), '')
  expect((await check(join(directory, 'file'))).status).toBe('fail')
  expect((await check(join(directory, 'not/yet'))).status).toBe('ok')
  expect(readdirSync(directory)).toEqual(['file'])
})

test('a data directory of a newer version is a failure', async () => {
  writeFileSync(join(directory, 'version'), '99\n')
  expect(await dataDirectory({ directory, listen: [] })).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('has version 99'),
    fix: expect.stringContaining('newer Starling'),
  })
})

test.runIf(process.platform === 'linux')(
  'a place where nothing can be made is a failure',
  async () => {
    expect(await dataDirectory({ directory: '/proc/x/starling', listen: [] })).toMatchObject({
      ...{ status: 'fail', detail: '/proc/x/starling cannot be made' },
    })
  },
)

test('a key that others may read, or that is none, is a failure; no key yet is none', async () => {
  const check = () => identity({ directory, listen: [] })
  expect((await check()).status).toBe('ok')
  expect(readdirSync(directory)).toEqual([])
  const path = join(directory, 'identity.key')
  writeFileSync(path, 'no key', { mode: 0o600 })
  expect(await check()).toMatchObject({ status: 'fail', detail: expect.stringContaining(path) })
  writeFileSync(path, '0'.repeat(64))
  expect((await check()).status).toBe('ok')
  chmodSync(path, 0o644)
  expect(await check()).toMatchObject({ status: 'fail', fix: `chmod 600 ${path}` })
})

test('wrong settings are a finding, and the other checks go on', async () => {
  writeFileSync(join(directory, 'config.toml'), '[network]\nlisten_to = []\n')
  const { code, stdout } = await runCommand('doctor', '--dir', directory, '--json')
  expect(code).toBe(1)
  const { checks } = JSON.parse(stdout)
  expect(checks[0]).toMatchObject({ name: 'settings', status: 'fail' })
  expect(checks[0].detail).toContain('listen_to')
  expect(checks.length).toBeGreaterThan(6)
  expect(checks.find((check: { name: string }) => check.name === 'ports')).toMatchObject({
    ...{ status: 'warn', detail: 'not checked: the settings are wrong' },
  })
})

test('a port in use is a failure that names it', async () => {
  const blocker = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => blocker.once('listening', resolve))
  const { port } = blocker.address() as { port: number }
  const taken = `/ip4/127.0.0.1/tcp/${port}`
  const free = '/ip4/127.0.0.1/tcp/0'
  expect(await ports({ directory, listen: [free, taken] })).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining(taken),
  })
  blocker.close()
  expect((await ports({ directory, listen: [free] })).status).toBe('ok')
})

test('free space is that of the disk the directory will be on', async () => {
  const { detail } = await disk({ directory: join(directory, 'a/b'), listen: [] })
  expect(detail).toMatch(/free/)
})

test('better backends that were passed over are named with the way to get them', () => {
  const skipped = [
    { backend: 'webgpu', reason: 'not installed: run `starling engine install webgpu`' },
  ] as const
  const [engine, webgpu] = describeEngine({ ...INFO, skipped })
  expect(engine).toMatchObject({ status: 'ok', detail: expect.stringContaining('12.3 GFLOP/s') })
  expect(webgpu).toEqual({
    name: 'engine webgpu',
    status: 'ok',
    detail: 'not used: not installed',
    fix: 'To use it: starling engine install webgpu',
  })
})

test('computing in plain JavaScript is a warning', () => {
  expect(describeEngine({ ...INFO, backend: 'cpu' })[0]?.status).toBe('warn')
})

test('OpenBLAS counts only when it has computed', async () => {
  const found = await checkOpenBlas(async () => ({ ...INFO, device: 'wasm, OpenBLAS' }))
  expect(found.detail).toContain('12.3 GFLOP/s')
  const missing = await checkOpenBlas(async () => {
    throw new Error('no libopenblas')
  })
  expect(missing).toMatchObject({ detail: 'not found: no libopenblas', fix: expect.any(String) })
})
