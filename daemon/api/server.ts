/** The control API's server: the routes of `DaemonApi` over HTTP on a unix socket that only its owner may open. */
import { chmodSync } from 'node:fs'
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { streamSSE } from 'hono/streaming'
import type { z } from 'zod'
import { StarlingError } from '../../src/runtime/errors.ts'
import { ApiVersionError, BadRequestError } from './errors.ts'
import type { DaemonApi } from './interface.ts'
import { API_VERSION, MAX_ID_LENGTH, MAX_REQUEST_BYTES } from './limits.ts'
import { createRunSchema, joinRunSchema } from './schema.ts'
import { claimSocketPath, releaseSocketPath } from './socket-path.ts'

export interface ApiServerInit {
  readonly api: DaemonApi
  /** The data directory; its lock must be held. */
  readonly directory: string
  /** Told about errors that are the daemon's own fault, so that they reach its log with a stack. */
  readonly onFault?: (error: Error) => void
}

export interface ApiServer {
  /** The socket's path. */
  readonly path: string
  /** Ends open event streams, finishes answers under way, removes the socket. */
  close(): Promise<void>
}

/** Starts listening. Resolves once requests are answered. */
export async function serveApi({ api, directory, onFault }: ApiServerInit): Promise<ApiServer> {
  const closing = new AbortController()
  const app = createRoutes(api, closing.signal, onFault)
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  const path = claimSocketPath(directory)
  await listenPrivately(server, path)
  return {
    path,
    async close() {
      closing.abort()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      await closed
      releaseSocketPath(directory)
    },
  }
}

function createRoutes(
  api: DaemonApi,
  closing: AbortSignal,
  onFault: ApiServerInit['onFault'],
): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    const version = context.req.header('starling-api') ?? 'none'
    if (version !== API_VERSION) throw new ApiVersionError(API_VERSION, version)
    await next()
  })
  app.use(
    bodyLimit({
      maxSize: MAX_REQUEST_BYTES,
      onError: () => {
        throw new BadRequestError(`A request holds at most ${MAX_REQUEST_BYTES} bytes.`)
      },
    }),
  )

  app.get('/status', async (context) => context.json(await api.status()))
  app.get('/stats/bytes', async (context) => context.json(await api.byteStats()))
  app.get('/peers', async (context) => context.json(await api.peers()))
  app.get('/runs', async (context) => context.json(await api.runs()))
  app.post('/runs', async (context) =>
    context.json(await api.createRun(await readBody(context, createRunSchema))),
  )
  app.post('/runs/join', async (context) =>
    context.json(await api.joinRun(await readBody(context, joinRunSchema))),
  )
  app.get('/runs/:id', async (context) => context.json(await api.run(readId(context))))
  app.get('/runs/:id/result', async (context) => context.json(await api.result(readId(context))))
  app.post('/runs/:id/stop', async (context) => context.json(await api.stopRun(readId(context))))
  app.post('/runs/:id/resume', async (context) =>
    context.json(await api.resumeRun(readId(context))),
  )
  app.get('/runs/:id/events', async (context) => {
    const id = readId(context)
    await api.run(id) // an unknown run is an answer of its own, not a stream that breaks
    return streamEvents(context, api, id, closing)
  })
  app.post('/shutdown', async (context) => {
    await api.shutdown()
    return context.json({})
  })

  app.notFound((context) => {
    throw new BadRequestError(`There is no ${context.req.method} ${context.req.path}.`)
  })
  app.onError((error, context) => {
    if (!(error instanceof StarlingError)) onFault?.(error)
    return context.json({ error: describe(error) }, error instanceof StarlingError ? 400 : 500)
  })
  return app
}

function streamEvents(context: Context, api: DaemonApi, id: string, closing: AbortSignal) {
  const follow = context.req.query('follow') === 'true'
  return streamSSE(context, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const signal = AbortSignal.any([gone.signal, closing])
    try {
      for await (const event of api.events(id, { follow, signal })) {
        await stream.writeSSE({ event: 'run', data: JSON.stringify(event) })
      }
      // Without this last word the client knows that the daemon went away in mid-stream.
      await stream.writeSSE({ event: 'end', data: '{}' })
    } catch (error) {
      if (!signal.aborted) {
        await stream.writeSSE({ event: 'error', data: JSON.stringify(describe(error)) })
      }
    }
  })
}

function readId(context: Context): string {
  const id = context.req.param('id') ?? ''
  if (id.length === 0 || id.length > MAX_ID_LENGTH)
    throw new BadRequestError('Not the id of a run.')
  return id
}

async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await context.req.json().catch(() => {
    throw new BadRequestError('The request is not JSON.')
  })
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new BadRequestError(`The request is not valid:\n  ${problems.join('\n  ')}`)
}

function describe(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

/** Binding happens before `listen` returns, so the socket is never open to others, not even for a moment. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const before = process.umask(0o177)
    try {
      server.listen(path, resolve)
    } finally {
      process.umask(before)
    }
  })
  chmodSync(path, 0o600)
}
