/** The typed client: the same interface as the daemon's own, over its socket. */
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { errorSchema } from './error-answer.ts'
import { DaemonError, DaemonGoneError, DaemonTimeoutError, NoDaemonError } from './errors.ts'
import { readEvents } from './event-stream.ts'
import type { DaemonApi, RunEvent } from './interface.ts'
import { ANSWER_SECONDS, API_VERSION, START_RUN_SECONDS } from './limits.ts'
import { findSocketPath } from './socket-path.ts'

interface Question {
  readonly method?: 'GET' | 'POST'
  readonly body?: unknown
  readonly seconds?: number
  readonly signal?: AbortSignal
}

/**
 * Speaks to the daemon of a data directory. Nothing is dialled before the first call.
 * @throws {NoDaemonError} (by every method) where no daemon listens
 */
export function connectDaemon(directory: string): DaemonApi {
  const ask = async <T>(route: string, question: Question = {}): Promise<T> => {
    const seconds = question.seconds ?? ANSWER_SECONDS
    const timeout = AbortSignal.timeout(seconds * 1000)
    try {
      const response = await send(findSocketPath(directory), route, {
        ...question,
        signal: timeout,
      })
      return JSON.parse(await readText(response)) as T
    } catch (error) {
      throw timeout.aborted ? new DaemonTimeoutError(seconds) : translate(error, directory)
    }
  }
  const post = <T>(route: string, body?: unknown, seconds?: number) =>
    ask<T>(route, { method: 'POST', body, ...(seconds !== undefined && { seconds }) })
  const runRoute = (id: string) => `/runs/${encodeURIComponent(id)}`

  return {
    status: () => ask('/status'),
    byteStats: () => ask('/stats/bytes'),
    peers: () => ask('/peers'),
    createRun: (request) => post('/runs', request, START_RUN_SECONDS),
    joinRun: (request) => post('/runs/join', request, START_RUN_SECONDS),
    runs: () => ask('/runs'),
    run: (id) => ask(runRoute(id)),
    result: (id) => ask(`${runRoute(id)}/result`),
    stopRun: (id) => post(`${runRoute(id)}/stop`),
    resumeRun: (id) => post(`${runRoute(id)}/resume`, undefined, START_RUN_SECONDS),
    shutdown: () => post('/shutdown'),
    async *events(id, { follow, signal }) {
      try {
        const route = `${runRoute(id)}/events?follow=${follow}`
        const response = await send(findSocketPath(directory), route, { ...(signal && { signal }) })
        yield* readRunEvents(response)
      } catch (error) {
        throw signal?.aborted ? signal.reason : translate(error, directory)
      }
    },
  }
}

/** Resolves with an answer whose status is good; its body is still to be read. */
async function send(
  socketPath: string,
  route: string,
  question: Question,
): Promise<IncomingMessage> {
  const { method = 'GET', body, signal } = question
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers: Record<string, string> = { 'starling-api': API_VERSION }
    if (body !== undefined) headers['content-type'] = 'application/json'
    // No agent: a connection kept for later could be one that the daemon has just closed.
    const options = { socketPath, path: route, method, headers, signal, agent: false as const }
    const request = httpRequest(options, resolve)
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
  if (response.statusCode === 200) return response
  const { error } = errorSchema.parse(JSON.parse(await readText(response)))
  throw new DaemonError(error.name, error.message)
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function* readRunEvents(response: IncomingMessage): AsyncGenerator<RunEvent> {
  for await (const { event, data } of readEvents(response)) {
    if (event === 'end') return
    if (event === 'error') {
      const { name, message } = errorSchema.shape.error.parse(JSON.parse(data))
      throw new DaemonError(name, message)
    }
    yield JSON.parse(data) as RunEvent
  }
  throw new DaemonGoneError()
}

/** Turns the ways in which a socket can fail into what they mean here. */
function translate(error: unknown, directory: string): unknown {
  const { code } = error as { code?: string }
  // EINVAL: the directory is too deep for a socket inside it, and no daemon has noted another path.
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'EINVAL') {
    return new NoDaemonError(directory)
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') return new DaemonGoneError()
  return error
}
