/** Fetches one official file: resumes what an earlier attempt left, checks length and SHA-256, renames at the end. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ChecksumError, DownloadError } from './errors.ts'
import { reasonOf } from './read-file.ts'
import type { OfficialFile } from './sources.ts'

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes on disk so far. Called at most once a chunk. */
  readonly onBytes?: ((bytes: number) => void) | undefined
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Seconds without a byte after which a server is given up. @default 30 */
  readonly stallSeconds?: number | undefined
}

type Wanted = Pick<OfficialFile, 'urls' | 'bytes' | 'sha256'>

/** Tries of one server: each goes on where the last one broke off. */
const ATTEMPTS = 3

/**
 * Downloads to `target` by way of `target.part`. What has arrived stays in the part file when the connection breaks,
 * so that the next call goes on from there.
 *
 * @throws {DownloadError} with every server's reason when none delivers.
 * @throws {ChecksumError} when a whole file arrived and is another one.
 */
export async function download(
  file: Wanted,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  const part = `${target}.part`
  const reasons: string[] = []
  for (const url of file.urls) {
    try {
      await fetchWhole(url, part, file.bytes, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      reasons.push(`${new URL(url).host}: ${reasonOf(error)}`)
      continue
    }
    const found = await sha256Of(part)
    if (found === file.sha256) return rename(part, target)
    await rm(part, { force: true })
    throw new ChecksumError(url, file.sha256, found)
  }
  throw new DownloadError(reasons.join('; '), [{ url: file.urls[0]!, bytes: file.bytes, target }])
}

async function fetchWhole(
  url: string,
  part: string,
  bytes: number,
  options: DownloadOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(url, part, bytes, options)
      return
    } catch (error) {
      options.signal?.throwIfAborted()
      const mayPass = !(error instanceof Refusal)
      if (!mayPass || attempt === ATTEMPTS) throw error
    }
  }
}

/** An answer that trying again will not change. */
class Refusal extends Error {
  override name = 'Refusal'
}

/** Asks for what the part file lacks and appends it. Rejects unless the part file is whole afterwards. */
async function fetchRest(
  url: string,
  part: string,
  bytes: number,
  options: DownloadOptions,
): Promise<void> {
  const kept = await sizeOf(part)
  let start = kept <= bytes ? kept : 0
  if (start === bytes) return
  const watch = watchForStall(options)
  try {
    const response = await (options.fetch ?? globalThis.fetch)(url, {
      // Compressed in transit, the bytes would not be the ones that are counted and resumed.
      headers: { 'accept-encoding': 'identity', ...(start > 0 && { range: `bytes=${start}-` }) },
      signal: watch.signal,
    })
    if (!response.ok || response.body === null) {
      await response.body?.cancel()
      if (response.status === 416) await rm(part, { force: true })
      const passing = response.status === 416 || response.status === 429 || response.status >= 500
      const text = `the server answered ${response.status} ${response.statusText}`.trim()
      throw passing ? new Error(text) : new Refusal(text)
    }
    // A server without ranges sends the file from its start.
    if (response.status !== 206 || !startsAt(response, start)) {
      if (response.status === 206) throw new Refusal('the server sent another range than asked for')
      start = 0
    }
    const end = await append(response.body, part, start, bytes, watch.beat, options.onBytes)
    if (end < bytes) throw new Error(`the connection ended after ${end} of ${bytes} bytes`)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw withCause(error)
  } finally {
    watch.stop()
  }
}

function startsAt(response: Response, start: number): boolean {
  return response.headers.get('content-range')?.startsWith(`bytes ${start}-`) ?? false
}

/** Writes the stream to the part file from `start` on. Returns the length of the file so far. */
async function append(
  body: ReadableStream<Uint8Array>,
  part: string,
  start: number,
  limit: number,
  beat: () => void,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<number> {
  const handle = await open(part, start > 0 ? 'r+' : 'w')
  let position = start
  try {
    for await (const chunk of body) {
      beat()
      if (position + chunk.length > limit) {
        await handle.truncate(0)
        throw new Refusal(`the server sends more than the official ${limit} bytes`)
      }
      await handle.write(chunk, 0, chunk.length, position)
      position += chunk.length
      onBytes?.(position)
    }
    await handle.sync()
    return position
  } finally {
    await handle.close()
  }
}

/** A signal that fires when `beat` is not called for the time allowed, or when the caller's does. */
function watchForStall({ signal, stallSeconds = 30 }: DownloadOptions) {
  const stalled = new AbortController()
  const stop = () => clearTimeout(timer)
  const start = () =>
    setTimeout(
      () => stalled.abort(new Error(`nothing arrived for ${stallSeconds} s`)),
      stallSeconds * 1000,
    )
  let timer = start()
  return {
    signal: AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]),
    beat: () => {
      stop()
      timer = start()
    },
    stop,
  }
}

/** The reason under fetch's bare "fetch failed". */
function withCause(error: unknown): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error
  const { message } = error.cause
  const code = (error.cause as NodeJS.ErrnoException).code
  return new Error(message || code || error.message)
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}

/** Hex SHA-256 of a file, read in pieces. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
