import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ApiServer, type ByteStats, serveApi } from '../../daemon/api/index.ts'
import { FakeDaemon } from '../api/fake-daemon.ts'
import { runCommand } from './run-command.ts'

const flow = {
  sent: 2300,
  received: 1700,
  values: 2000,
  indices: 200,
  overhead: 100,
  receivedParts: { values: 1100, indices: 300, overhead: 60, unsplit: 240 },
}
const runs: ByteStats['runs'] = [{ run: 'r1', ...flow, peers: [{ peerId: 'ann', ...flow }] }]

let directory: string
let server: ApiServer

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'starling-stats-'))
  const stats = await new FakeDaemon().byteStats()
  const api = Object.assign(new FakeDaemon(), { byteStats: async () => ({ ...stats, runs }) })
  server = await serveApi({ api, directory, onFault: () => {} })
})

afterEach(async () => {
  await server.close()
  await rm(directory, { recursive: true })
})

test('stats bytes splits what a run sent and received by what it carries', async () => {
  const { stdout, code } = await runCommand('stats', 'bytes', '--dir', directory)
  expect(code).toBe(0)
  const [header, sent, received] = stdout.trimEnd().split('\n').slice(-3)
  expect(header).toMatch(/^RUN +DIRECTION +BYTES +VALUES +INDICES +OVERHEAD +UNSPLIT$/)
  expect(sent).toMatch(/^r1 +sent +2\.30 kB +2\.00 kB +200 B +100 B +0 B$/)
  expect(received).toMatch(/^ +received +1\.70 kB +1\.10 kB +300 B +60 B +240 B$/)
})

test('stats bytes --json has the parts by run and peer', async () => {
  const { stdout } = await runCommand('stats', 'bytes', '--json', '--dir', directory)
  expect(JSON.parse(stdout)).toMatchObject({ runs })
})
