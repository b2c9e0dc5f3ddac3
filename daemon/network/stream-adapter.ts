/**
 * The one place where libp2p's event-driven streams meet async iterables. Everything above is composed with
 * `it-pipe`: a channel is `{ source, sink }`.
 *
 * The stream's own iterator is not used: it never pauses the sender, and it misses the end of a stream whose last
 * bytes arrived before iteration began.
 */
import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { TruncatedFrameError } from './errors.ts'
import { streamLimits } from './limits.ts'

export interface Channel {
  /** What the peer sends. Iterated at most once; unread bytes hold the peer back. */
  readonly source: AsyncIterable<Uint8Array>
  /** Sends everything, waiting whenever the transport is full, and closes our side. */
  sink(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>
  /** Sends one piece and leaves the stream open. */
  send(piece: Uint8Array): Promise<void>
}

export interface ChannelOptions {
  /** Ends reading and writing with its reason and resets the stream. */
  readonly signal: AbortSignal
  /** Told of all bytes that pass, for the byte ledger. */
  onBytes?(sent: number, received: number): void
}

export function createChannel(stream: Stream, options: ChannelOptions): Channel {
  const { signal } = options
  // Until somebody reads, the muxer must not invite the peer to send on: unpaused it does, listener or not.
  if (stream.readStatus === 'readable') stream.pause()
  const abort = () => stream.abort(asError(signal.reason))
  if (signal.aborted) abort()
  else {
    signal.addEventListener('abort', abort, { once: true })
    stream.addEventListener('close', () => signal.removeEventListener('abort', abort), {
      once: true,
    })
  }

  async function send(piece: Uint8Array): Promise<void> {
    signal.throwIfAborted()
    options.onBytes?.(piece.length, 0)
    if (!stream.send(piece)) await drained(stream, signal)
  }

  return {
    source: read(stream, options),
    send,
    async sink(pieces) {
      for await (const piece of pieces) await send(piece)
      await stream.close({ signal })
    },
  }
}

/**
 * Resolves when the stream takes bytes again. Not the stream's own `onDrain`: up to @libp2p/utils 7.4 it keeps its
 * first promise, so that every wait but the first is over at once and the unsent bytes pile up.
 */
function drained(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      stream.removeEventListener('drain', settle)
      stream.removeEventListener('close', settle)
      signal.removeEventListener('abort', settle)
      if (signal.aborted) reject(asError(signal.reason))
      // A stream that has closed says so at the next send.
      else resolve()
    }
    stream.addEventListener('drain', settle)
    stream.addEventListener('close', settle)
    signal.addEventListener('abort', settle)
    if (!stream.writableNeedsDrain || isReset(stream)) settle()
  })
}

async function* read(stream: Stream, options: ChannelOptions): AsyncGenerator<Uint8Array> {
  const arrived: Uint8Array[] = []
  let held = 0
  let isOver = false
  let failure: Error | undefined
  let wake = () => {}

  const onMessage = (event: { data: Uint8Array | Uint8ArrayList }) => {
    const piece = event.data.subarray()
    arrived.push(piece)
    held += piece.length
    options.onBytes?.(0, piece.length)
    if (held > streamLimits.readPause && stream.readStatus === 'readable') stream.pause()
    wake()
  }
  const onEnd = () => {
    isOver = true
    wake()
  }
  const onClose = (event: { error?: Error }) => {
    failure ??= event.error
    onEnd()
  }
  stream.addEventListener('message', onMessage)
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onClose)
  try {
    for (;;) {
      const piece = arrived.shift()
      if (piece !== undefined) {
        held -= piece.length
        yield piece
      } else if (stream.readStatus === 'paused') {
        stream.resume()
      } else if (isOver || stream.readableEnded || isReset(stream)) {
        options.signal.throwIfAborted()
        if (failure !== undefined) throw failure
        if (isReset(stream)) throw new TruncatedFrameError()
        return
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onClose)
  }
}

function isReset(stream: Stream): boolean {
  return stream.status === 'reset' || stream.status === 'aborted'
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
