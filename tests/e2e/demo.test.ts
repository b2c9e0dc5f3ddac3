import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { connectDaemon } from '../../daemon/api/index.ts'
import { PROGRAM } from '../../daemon/background.ts'
import type { DemoResult } from '../../daemon/demo/index.ts'
import { removeAbandoned } from '../../daemon/demo/session.ts'
import { ask, killDaemon, temporaryFolder, until } from './starling.ts'

test('the demo, small: daemons, training, comparison, report, and nothing left behind', async () => {
  const folder = temporaryFolder()
  const words = ['demo', '--nodes', '2', '--rounds', '1']
  const { nodes, together, alone, report, directories } = await ask<DemoResult>(folder, ...words)
  expect(nodes.map(({ rank }) => rank)).toEqual([0, 1])
  expect(new Set(nodes.map(({ peerId }) => peerId)).size).toBe(2)
  const share = expect.any(Number)
  for (const { accuracy, bytesSent, seconds } of nodes) {
    expect(accuracy).toEqual({ before: share, alone: share, together: share })
    // Without their exponents values take three bytes.
    expect(bytesSent).toBeGreaterThan(3 * together.model.parameters)
    expect(seconds.train).toBeGreaterThan(0)
  }
  expect([together.share, alone.share]).toEqual(['full', 'none'])
  expect(alone.bytes.perNodePerRound).toBe(0)
  expect(readFileSync(report, 'utf8')).toContain('<svg')
  expect(directories).toEqual([])
  expect(existsSync(join(dirname(report), 'node-0'))).toBe(false)
}, 90_000)

/** A demo that goes on for long, once its two daemons train. */
async function longDemo() {
  const folder = temporaryFolder()
  const env = { ...process.env, TMPDIR: folder }
  const words = ['demo', '--nodes', '2', '--rounds', '500']
  const demo = spawn(process.execPath, [PROGRAM, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  demo.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ended = new Promise((resolve) => demo.once('exit', resolve))
  await until(async () => (said.includes('round ') ? true : null))
  const [session] = readdirSync(folder).filter((name) => name.startsWith('starling-demo-'))
  const directories = ['node-0', 'node-1'].map((name) => join(folder, session!, name))
  return { demo, ended, said: () => said, session: join(folder, session!), directories }
}

test('when one of them dies, the demo says which, stops the others and clears up', async () => {
  const { ended, said, session, directories } = await longDemo()
  const [first, second] = directories
  const survivor = (await connectDaemon(first!).status()).pid
  killDaemon(second!)
  expect(await ended).toBe(1)
  expect(said()).toMatch(/Node 1 ended in the middle of the demo \(SIGKILL\)[\s\S]*the node is up/)
  expect(() => process.kill(survivor, 0)).toThrow('ESRCH')
  expect(existsSync(session)).toBe(false)
}, 90_000)

test('when the demo itself is killed, its daemons end in order; the next one clears up', async () => {
  const { demo, ended, session, directories } = await longDemo()
  demo.kill('SIGKILL')
  for (const directory of directories) {
    await until(async () => (existsSync(join(directory, 'lock')) ? null : true), 15)
  }
  await ended
  await removeAbandoned(dirname(session))
  expect(existsSync(session)).toBe(false)
}, 90_000)
