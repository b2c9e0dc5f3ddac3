import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pullDataset } from '../../daemon/data/index.ts'
import { type PullEvent, pullSource } from '../../daemon/data/pull.ts'
import { type OfficialFile, SOURCES, type Source } from '../../daemon/data/sources.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { tarGz, text, zip } from './support.ts'

/** 300 kB that do not compress. */
const random = randomStream(1, 'pull-test')
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, () => random.uint32() & 255))

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let directory: string
let server: Server
let answer: Answer
let requests: { url: string; range: string | undefined }[]

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'starling-pull-'))
  requests = []
  server = createServer((request, response) => {
    requests.push({ url: request.url!, range: request.headers.range })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(directory, { recursive: true })
})

const address = (path: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function source(bytes: Uint8Array, keep: OfficialFile['keep'], paths = ['/a']): Source {
  const urls = paths.map(address)
  return { folder: 'things', files: [{ urls, bytes: bytes.length, sha256: sha256(bytes), keep }] }
}

const plain: OfficialFile['keep'] = { kind: 'file', name: 'a.bin' }
const target = () => join(directory, 'things/a.bin')

function pull(from: Source, progress?: (event: PullEvent) => void) {
  return pullSource(from, { directory, progress, stallSeconds: 0.5 })
}

/** A server that honours ranges. */
const serve =
  (bytes: Uint8Array): Answer =>
  ({ headers }, response) => {
    const start = Number(headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0)
    if (start === 0) return response.end(bytes)
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
    return response.writeHead(206, { 'content-range': range }).end(bytes.subarray(start))
  }

/** Promises everything and breaks off after `length` bytes. */
const cutOff =
  (bytes: Uint8Array, length: number): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': bytes.length })
    response.write(bytes.subarray(0, length), () => setTimeout(() => response.destroy(), 100))
  }

describe('one file', () => {
  test('arrives whole, with progress, and is not fetched twice', async () => {
    answer = serve(content)
    const events: PullEvent[] = []
    await pull(source(content, plain), (event) => events.push(event))
    expect(readFileSync(target()).equals(content)).toBe(true)
    expect(events.at(-2)).toEqual({
      ...{ type: 'downloading', file: target() },
      ...{ bytes: content.length, total: content.length },
    })
    expect(events.at(-1)).toEqual({ type: 'done', file: target() })
    await pull(source(content, plain), (event) => events.push(event))
    expect(events.at(-1)).toEqual({ type: 'present', file: target() })
    expect(requests).toHaveLength(1)
  })

  test('goes on where an earlier attempt stopped', async () => {
    mkdirSync(join(directory, 'things'))
    writeFileSync(`${target()}.part`, content.subarray(0, 123_456))
    answer = serve(content)
    await pull(source(content, plain))
    expect(requests.map(({ range }) => range)).toEqual(['bytes=123456-'])
    expect(readFileSync(target()).equals(content)).toBe(true)
  })

  test('resumes by itself when the connection breaks', async () => {
    answer = (request, response) =>
      (requests.length === 1 ? cutOff(content, 100_000) : serve(content))(request, response)
    await pull(source(content, plain))
    expect(requests[1]!.range).toMatch(/^bytes=\d+-$/)
    expect(readFileSync(target()).equals(content)).toBe(true)
  })

  test('starts again where the server knows no ranges', async () => {
    mkdirSync(join(directory, 'things'))
    writeFileSync(`${target()}.part`, Buffer.alloc(1000, 7))
    answer = (_, response) => response.end(content)
    await pull(source(content, plain))
    expect(readFileSync(target()).equals(content)).toBe(true)
  })

  test('another file is deleted, and both checksums are named', async () => {
    const other = Buffer.from(content).fill(0, 1000, 1001)
    answer = serve(other)
    await expect(pull(source(content, plain))).rejects.toThrow(
      expect.objectContaining({
        ...{ name: 'ChecksumError', expected: sha256(content), found: sha256(other) },
      }),
    )
    expect(readdirSync(join(directory, 'things'))).toEqual([])
  })

  test('more bytes than the official file are not taken', async () => {
    answer = serve(Buffer.concat([content, content]))
    await expect(pull(source(content, plain))).rejects.toThrow(
      'more than the official 300000 bytes',
    )
    expect(requests).toHaveLength(1)
  })

  test('404 is not repeated, and the next server is asked', async () => {
    answer = (request, response) =>
      request.url === '/gone' ? response.writeHead(404).end() : serve(content)(request, response)
    await pull(source(content, plain, ['/gone', '/there']))
    expect(requests.map(({ url }) => url)).toEqual(['/gone', '/there'])
  })

  test('when all fail: the reasons, what to run, and which file to put where', async () => {
    answer = (_, response) => response.writeHead(404).end()
    const failing = pull(source(content, plain, ['/x', '/y']))
    await expect(failing).rejects.toThrow(
      new RegExp(
        `answered 404.*; .*answered 404.*Run the command again.*\\s+${target()}\\s+300000 bytes`,
      ),
    )
    await expect(failing).rejects.toThrow(expect.objectContaining({ name: 'DownloadError' }))
  })

  test('a truncated file stays as a part to resume', async () => {
    answer = cutOff(content, 50_000)
    await expect(pull(source(content, plain))).rejects.toThrow(
      expect.objectContaining({ name: 'DownloadError' }),
    )
    expect(requests).toHaveLength(3)
    expect(existsSync(target())).toBe(false)
    expect(existsSync(`${target()}.part`)).toBe(true)
  })

  test('a server that goes silent is given up', async () => {
    answer = (_, response) => {
      response.writeHead(200)
      response.write('x')
    }
    await expect(pull(source(content, plain))).rejects.toThrow('nothing arrived for 0.5 s')
  })

  test('nobody listening: the reason is not just "fetch failed"', async () => {
    const closed = { ...source(content, plain).files[0]!, urls: ['http://127.0.0.1:1/a'] }
    await expect(pull({ folder: 'things', files: [closed] })).rejects.toThrow(
      /127\.0\.0\.1:1: (?!fetch failed)/,
    )
  })

  test('an abort ends it with its own reason', async () => {
    answer = (_, response) => response.writeHead(200).flushHeaders()
    const signal = AbortSignal.timeout(100)
    const pulling = pullSource(source(content, plain), { directory, signal })
    await expect(pulling).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }))
  })
})

describe('archives', () => {
  const members = { 'set/one.bin': content.subarray(0, 70_000), 'set/two.txt': text('two') }
  const cases = [
    ['tar.gz', tarGz({ 'set/readme': text('x'), ...members })],
    ['zip', zip({ 'set/readme': text('x'), ...members })],
  ] as const

  test.each(cases)('%s: wanted members only, under their own names', async (kind, archive) => {
    answer = serve(archive)
    const keep = { kind, members: Object.keys(members) }
    await pull(source(archive, keep, ['/set.archive']))
    const folder = join(directory, 'things')
    expect(readdirSync(folder).sort()).toEqual(['one.bin', 'two.txt'])
    expect(readFileSync(join(folder, 'one.bin')).equals(members['set/one.bin'])).toBe(true)
    await pull(source(archive, keep, ['/set.archive']))
    expect(requests).toHaveLength(1)
  })

  test.each(cases)('%s: an archive placed by hand is used', async (kind, archive) => {
    mkdirSync(join(directory, 'things'))
    writeFileSync(join(directory, 'things/set.archive'), archive)
    await pull(source(archive, { kind, members: ['set/two.txt'] }, ['/set.archive']))
    expect(requests).toHaveLength(0)
    expect(readFileSync(join(directory, 'things/two.txt'), 'utf8')).toBe('two')
  })

  test.each(cases)('%s: a missing member is named', async (kind, archive) => {
    answer = serve(archive)
    const pulling = pull(source(archive, { kind, members: ['set/three'] }))
    await expect(pulling).rejects.toThrow(/lacks set\/three/)
  })

  test.each(cases)(
    '%s: truncated and mutated archives end in ArchiveError or success',
    async (kind, archive) => {
      const fuzz = randomStream(5, 'fuzz', kind)
      for (let i = 0; i < 40; i++) {
        // Within the archive's structure, where damage is most telling.
        let bytes: Buffer = kind === 'zip' ? Buffer.from(archive) : gunzipSync(archive)
        const at =
          kind === 'zip' && i % 2 === 0
            ? bytes.length - 1 - fuzz.integer(250)
            : fuzz.integer(bytes.length)
        bytes[at] = fuzz.integer(256)
        if (kind === 'tar.gz') bytes[fuzz.integer(512)] = fuzz.integer(256)
        if (i % 5 === 0) bytes = bytes.subarray(0, fuzz.integer(bytes.length))
        const damaged = kind === 'zip' ? bytes : gzipSync(bytes, { level: 1 })
        answer = serve(damaged)
        const pulling = pull(source(damaged, { kind, members: Object.keys(members) }, [`/${i}`]))
        const result = await pulling.catch((error: Error) => error.name)
        expect(['ArchiveError', join(directory, 'things')]).toContain(result)
        rmSync(join(directory, 'things'), { recursive: true, force: true })
      }
    },
  )
})

describe('the official table', () => {
  test('names HTTPS servers, lengths and SHA-256 for everything', () => {
    for (const { files } of Object.values<Source>(SOURCES)) {
      for (const { urls, bytes, sha256: digest } of files) {
        expect(urls.every((url) => url.startsWith('https://'))).toBe(true)
        expect(bytes).toBeGreaterThan(1000)
        expect(digest).toMatch(/^[0-9a-f]{64}$/)
      }
    }
  })

  test('what cannot be pulled is refused with what can', async () => {
    await expect(pullDataset('strokes', { directory })).rejects.toThrow(
      /nothing to fetch for "strokes".*mnist, cifar10/,
    )
  })

  test('offline: every file that is missing and its place are named', async () => {
    const offline = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') }))
    await expect(pullDataset('adult', { directory, fetch: offline })).rejects.toThrow(
      /ENOTFOUND.*put it here:\s.*adult\/adult\.data\s+3974305 bytes.*\s.*adult\/adult\.test\s+2003153 bytes/,
    )
    await expect(pullDataset('cifar10', { directory, fetch: offline })).rejects.toMatchObject({
      missing: [{ target: join(directory, 'cifar10/cifar-10-binary.tar.gz') }],
    })
  })

  test('offline: what is here already is not asked for', async () => {
    const [gone, there] = [source(content, plain), source(content, { ...plain, name: 'b.bin' })]
    mkdirSync(join(directory, 'things'))
    writeFileSync(join(directory, 'things/b.bin'), content)
    answer = (_, response) => response.writeHead(404).end()
    const pulling = pull({ folder: 'things', files: [...gone.files, ...there.files] })
    await expect(pulling).rejects.toMatchObject({ missing: [{ target: target() }] })
  })
})
