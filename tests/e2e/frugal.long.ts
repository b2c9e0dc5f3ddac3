/** JWINS between four daemons whose links hold up three of ten messages past the deadline, one of them killed on the way. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { connectDaemon, type RunSummary } from '../../daemon/api/index.ts'
import type { RunResult } from '../../src/learning/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { type Relay, startSlowRelay } from '../support/slow-relay.ts'
import { ask, killDaemon, starling, temporaryFolder, until, untilFinished } from './starling.ts'

const relays: Relay[] = []
afterEach(() => {
  for (const relay of relays.splice(0)) relay.close()
})

const ROUNDS = 100
const DEADLINE = 0.5

const JOB = `version = 1
name = "frugal"
nodes = 4
model = { name = "mlp", hidden = [32] }
data = { name = "clusters", train = 2000, test = 1000 }
partition = { kind = "shards", perNode = 3 }
topology = { kind = "full" }
share = { method = "jwins" }
train = { rounds = ${ROUNDS}, localSteps = 10, batch = 8, lr = 0.1, schedule = { kind = "cosine" } }
eval = { every = ${ROUNDS} }
checkpoint = { every = 5 }
limits = { deadline = ${DEADLINE} }
`

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

const address = (port: number) => `/ip4/127.0.0.1/tcp/${port}`

test('the run finishes, and is as accurate as an undisturbed one', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'job.toml')
  writeFileSync(path, JOB)
  const undisturbed = await ask<RunResult>(folder, 'emulate', path, '--quiet')

  const daemons = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (name, index) => {
      const port = await freePort()
      const random = randomStream(7, 'relay', index)
      // Frames are larger than 512 bytes, and most of what else there is smaller.
      const relay = await startSlowRelay(port, {
        least: 512,
        share: 0.3,
        seconds: 1.2 * DEADLINE,
        random,
      })
      relays.push(relay)
      const directory = join(folder, name)
      const up = () =>
        starling(
          directory,
          ...['up', '--detach', '--listen', address(port), '--announce', address(relay.port)],
        )
      expect((await up()).code).toBe(0)
      return { directory, api: connectDaemon(directory), up, relay }
    }),
  )
  const [owner, ...others] = daemons
  const victim = others.at(-1)!
  const { run, token } = await ask<{ run: RunSummary; token: string }>(
    owner!.directory,
    'train',
    path,
  )
  await Promise.all(others.map(({ directory }) => ask(directory, 'join', token)))

  await until(async () => ((await victim.api.run(run.id)).round >= 10 ? true : null))
  killDaemon(victim.directory)
  expect((await victim.up()).code).toBe(0)
  await Promise.all(daemons.map(({ api }) => untilFinished(api, run.id, 90)))

  const missed = { late: 0, expected: 0 }
  for await (const event of owner!.api.events(run.id, { follow: false })) {
    if (event.type !== 'round') continue
    missed.expected += event.report.neighbours.expected
    missed.late += event.report.neighbours.missing.length
  }
  const result = await owner!.api.result(run.id)
  const difference = result.final.accuracy!.mean - undisturbed.final.accuracy!.mean
  expect(Math.abs(difference), 'points of accuracy').toBeLessThan(0.02)

  // The relays did their work: what they held up was missing.
  expect(missed.late / missed.expected).toBeGreaterThan(0.1)
  const held = relays.reduce((sum, { counts }) => sum + counts.late, 0)
  expect(held).toBeGreaterThan(0.2 * relays.reduce((sum, { counts }) => sum + counts.bursts, 0))
}, 180_000)
