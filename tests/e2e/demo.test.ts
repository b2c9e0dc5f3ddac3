import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { DaemonProcess } from '../../daemon/demo/daemon-process.ts'
import type { DemoResult } from '../../daemon/demo/index.ts'
import { ask, temporaryFolder } from './starling.ts'

test('the demo, small: daemons, training, comparison, report, and nothing left behind', async () => {
  const folder = temporaryFolder()
  const words = ['demo', '--nodes', '2', '--rounds', '1']
  const { nodes, together, alone, report, directories } = await ask<DemoResult>(folder, ...words)
  expect(nodes.map(({ rank }) => rank)).toEqual([0, 1])
  expect(new Set(nodes.map(({ peerId }) => peerId)).size).toBe(2)
  const share = expect.any(Number)
  for (const { accuracy, bytesSent, seconds } of nodes) {
    expect(accuracy).toEqual({ before: share, alone: share, together: share })
    expect(bytesSent).toBeGreaterThan(4 * together.model.parameters)
    expect(seconds.train).toBeGreaterThan(0)
  }
  expect([together.share, alone.share]).toEqual(['full', 'none'])
  expect(alone.bytes.perNodePerRound).toBe(0)
  expect(readFileSync(report, 'utf8')).toContain('<svg')
  expect(directories).toEqual([])
  expect(existsSync(join(dirname(report), 'node-0'))).toBe(false)
}, 90_000)

test('a daemon that dies is named, with the end of its log', async () => {
  const directory = join(temporaryFolder(), 'node')
  mkdirSync(directory, { mode: 0o700 })
  const daemon = new DaemonProcess('Node 7', directory)
  try {
    await daemon.ready()
    process.kill((await daemon.api.status()).pid, 'SIGKILL')
    await expect(daemon.died).rejects.toThrow(/Node 7 ended .*SIGKILL[\s\S]*the node is up/)
  } finally {
    await daemon.stop()
  }
}, 60_000)
