import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { DaemonStatus } from '../../daemon/api/index.ts'
import { EXIT } from '../../daemon/cli/exit-codes.ts'
import { ask, foreground, killDaemon, starling, temporaryFolder, until } from './starling.ts'

test('init, up --detach, status, a second daemon refused, down', async () => {
  const directory = join(temporaryFolder(), 'data')
  const { peerId } = await ask<{ peerId: string }>(directory, 'init')
  expect(statSync(join(directory, 'identity.key')).mode & 0o777).toBe(0o600)
  expect(await ask(directory, 'id')).toEqual({ peerId, addresses: [] })

  const started = await ask<DaemonStatus>(directory, 'up', '--detach')
  expect(started.peerId).toBe(peerId)
  expect(started.pid).not.toBe(process.pid)
  expect(started.addresses[0]).toContain('/ip4/127.0.0.1/tcp/')

  const [status, second, inBackground, logs] = await Promise.all([
    ask<DaemonStatus>(directory, 'status'),
    starling(directory, 'up'),
    starling(directory, 'up', '--detach'),
    starling(directory, 'logs', '--json'),
  ])
  expect(status.pid).toBe(started.pid)
  expect([second.code, inBackground.code]).toEqual([EXIT.alreadyRunning, EXIT.alreadyRunning])
  expect(second.stderr).toContain(String(started.pid))
  expect(inBackground.stderr).toBe(second.stderr)
  expect(
    logs.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).msg),
  ).toContain('the node is up')

  expect(await ask(directory, 'down')).toEqual({ stopped: true, pid: started.pid })
  expect(existsSync(join(directory, 'api.sock'))).toBe(false)
  const after = await starling(directory, 'status')
  expect(after).toMatchObject({ code: EXIT.noDaemon, stdout: '' })
  expect(after.stderr).toContain('starling up --detach')
}, 60_000)

test('Ctrl-C ends a daemon in order and says so; a killed one leaves nothing in the way', async () => {
  const directory = join(temporaryFolder(), 'data')
  const first = foreground(directory)
  const { pid } = await first.ready
  killDaemon(directory)
  await first.ended
  expect(existsSync(join(directory, 'api.sock'))).toBe(true)
  expect((await starling(directory, 'status')).code).toBe(EXIT.noDaemon)

  const second = foreground(directory)
  expect((await second.ready).pid).not.toBe(pid)
  second.child.kill('SIGINT')
  await until(async () => (second.errors().includes('Ctrl-C again') ? true : null))
  expect(await second.ended).toBe(0)
  expect(existsSync(join(directory, 'lock'))).toBe(false)
}, 60_000)
