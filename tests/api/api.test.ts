import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readEvents } from '../../daemon/api/event-stream.ts'
import { type ApiServer, connectDaemon, type RunEvent, serveApi } from '../../daemon/api/index.ts'
import { MAX_SOCKET_PATH_BYTES } from '../../daemon/api/limits.ts'
import { parseJob } from '../../src/learning/index.ts'
import { EXAMPLE_RUN, FakeDaemon } from './fake-daemon.ts'

const JOB = parseJob({
  version: 1,
  name: 'example',
  model: { name: 'mlp' },
  data: { name: 'clusters' },
  train: { rounds: 10, lr: 0.05 },
})

const line = (message: string): RunEvent => ({ type: 'log', level: 'info', message, at: 'now' })

let directory: string
let fake: FakeDaemon
let server: ApiServer | undefined
let faults: Error[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'starling-api-'))
  fake = new FakeDaemon()
  faults = []
})

afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(directory, { recursive: true })
})

async function start() {
  server = await serveApi({ api: fake, directory, onFault: (error) => faults.push(error) })
  return connectDaemon(directory)
}

async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

describe('questions and answers', () => {
  test('every answer arrives as it was given', async () => {
    const client = await start()
    expect(await client.status()).toEqual(await fake.status())
    expect(await client.peers()).toEqual([])
    expect(await client.runs()).toEqual([EXAMPLE_RUN])
    expect(await client.run('abc123')).toEqual(EXAMPLE_RUN)
    expect((await client.stopRun('abc123')).state).toBe('stopped')
    expect(await client.resumeRun('abc123')).toEqual(EXAMPLE_RUN)
    await client.shutdown()
    expect(fake.stops).toBe(1)
  })

  test('requests arrive whole', async () => {
    const client = await start()
    const created = { job: JOB, dataPath: '/data/mine.csv', tokenSeconds: 60 }
    expect((await client.createRun(created)).token).toBe('starling1token')
    expect(fake.created).toEqual([created])
    const joined = { token: 'starling1abc', modelPath: '/models/mine.ts' }
    await client.joinRun(joined)
    expect(fake.joined).toEqual([joined])
  })

  test('a request with an unknown or ill-typed key is refused before the daemon sees it', async () => {
    const client = await start()
    const request = { token: 5, extra: 1 } as never
    await expect(client.joinRun(request)).rejects.toMatchObject({
      name: 'BadRequestError',
      message: expect.stringMatching(/token.*[\s\S]*extra/),
    })
    expect(fake.joined).toEqual([])
  })

  test('a request beyond the size limit is refused', async () => {
    const client = await start()
    const token = 'x'.repeat(17 * 2 ** 20)
    await expect(client.joinRun({ token })).rejects.toThrow(/bytes|ended/)
    expect(fake.joined).toEqual([])
  })

  test("the daemon's errors keep their name and message; only its own faults are logged", async () => {
    const client = await start()
    await expect(client.run('nope')).rejects.toMatchObject({
      name: 'UnknownRunError',
      message: 'No run nope.',
    })
    expect(faults).toEqual([])
    fake.failure = new TypeError('a fault')
    await expect(client.status()).rejects.toMatchObject({ name: 'TypeError', message: 'a fault' })
    expect(faults).toEqual([fake.failure])
  })

  test('another version of the API is refused with the way out', async () => {
    await start()
    const body = await new Promise<string>((resolve, reject) => {
      const headers = { 'starling-api': '0' }
      request({ socketPath: server!.path, path: '/status', headers }, async (response) => {
        resolve((await response.toArray()).join(''))
      })
        .on('error', reject)
        .end()
    })
    expect(JSON.parse(body).error.name).toBe('ApiVersionError')
    expect(body).toContain('starling down')
  })
})

describe('events', () => {
  test('past events, then the end', async () => {
    const client = await start()
    fake.past = [line('one'), line('two\nwith a line break')]
    expect(await collect(client.events('abc123', { follow: false }))).toEqual(fake.past)
  })

  test('following waits for what is still to come', async () => {
    const client = await start()
    fake.past = [line('one')]
    let happen = (_: RunEvent) => {}
    fake.live = new Promise((resolve) => (happen = resolve))
    const seen: RunEvent[] = []
    for await (const event of client.events('abc123', { follow: true })) {
      seen.push(event)
      happen(line('two'))
    }
    expect(seen).toEqual([line('one'), line('two')])
  })

  test('an unknown run is an error, not an empty stream', async () => {
    const client = await start()
    await expect(collect(client.events('nope', { follow: true }))).rejects.toMatchObject({
      name: 'UnknownRunError',
    })
  })

  test('a reader that goes away releases the daemon', async () => {
    const client = await start()
    fake.past = [line('one')]
    fake.live = new Promise(() => {})
    const controller = new AbortController()
    const reading = (async () => {
      const { signal } = controller
      for await (const _ of client.events('abc123', { follow: true, signal })) {
        controller.abort(new Error('enough'))
      }
    })()
    await expect(reading).rejects.toThrow('enough')
    await expect.poll(() => fake.aborted, { timeout: 5000 }).toBe(1)
  })

  test('a daemon that ends in mid-stream is noticed', async () => {
    const client = await start()
    fake.past = [line('one')]
    fake.live = new Promise(() => {})
    const reading = (async () => {
      for await (const _ of client.events('abc123', { follow: true })) void server!.close()
    })()
    await expect(reading).rejects.toMatchObject({ name: 'DaemonGoneError' })
    server = undefined
  })

  test('events are put together from any cut of the byte stream', async () => {
    const text = new TextEncoder().encode('event: run\ndata: {"é":1}\n\nevent: end\ndata: {}\n\n')
    for (let size = 1; size <= text.length; size++) {
      const chunks = (async function* () {
        for (let i = 0; i < text.length; i += size) yield text.subarray(i, i + size)
      })()
      const events = []
      for await (const event of readEvents(chunks)) events.push(event)
      expect(events).toEqual([
        { event: 'run', data: '{"é":1}' },
        { event: 'end', data: '{}' },
      ])
    }
  })
})

describe('the socket', () => {
  test('only its owner may open it', async () => {
    await start()
    expect(statSync(server!.path).mode & 0o777).toBe(0o600)
  })

  test('nobody there: the error says how to start a daemon', async () => {
    await expect(connectDaemon(directory).status()).rejects.toMatchObject({
      name: 'NoDaemonError',
      message: expect.stringContaining(`starling up --detach --dir ${directory}`),
    })
  })

  test('a socket left behind by a killed daemon counts as nobody, and is replaced', async () => {
    const path = join(directory, 'api.sock')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect(existsSync(path)).toBe(true)
    await expect(connectDaemon(directory).status()).rejects.toMatchObject({ name: 'NoDaemonError' })
    const client = await start()
    expect((await client.status()).connections).toBe(1)
  })

  test('a data directory too deep for a socket gets a short path, removed at the end', async () => {
    const root = directory
    directory = join(root, 'd'.repeat(MAX_SOCKET_PATH_BYTES))
    mkdirSync(directory)
    const client = await start()
    expect(Buffer.byteLength(server!.path)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES)
    expect(readFileSync(join(directory, 'api.path'), 'utf8')).toBe(server!.path)
    expect((await client.status()).connections).toBe(1)
    const { path } = server!
    await server!.close()
    server = undefined
    expect(existsSync(path)).toBe(false)
    await expect(connectDaemon(directory).status()).rejects.toMatchObject({ name: 'NoDaemonError' })
    directory = root
  })
})
