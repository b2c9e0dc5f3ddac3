/**
 * The `Transport` of the protocols over libp2p: opens and serves streams with each protocol's limits, deadline and
 * quota, so that no protocol repeats them.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { pipe } from 'it-pipe'
import type { Clock } from '../../src/runtime/clock.ts'
import type { StarlingLibp2p } from './create-libp2p.ts'
import { PeerUnreachableError, RateLimitedError, WireTimeoutError } from './errors.ts'
import { decodeFrames, encodeFrame, encodeFrames } from './framing.ts'
import type { Outgoing, Protocol, Transport } from './protocol.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { createChannel } from './stream-adapter.ts'
import type { TrafficCounter } from './traffic.ts'

export interface TransportOptions {
  readonly clock: Clock
  /** Is told of every stream's bytes. */
  readonly traffic: TrafficCounter
  /** Ends every stream; the network is closing. */
  readonly signal: AbortSignal
  /** One line for each call of a peer that was refused or failed. */
  onFailure(fields: { protocol: string; peerId: string; error: Error }): void
}

export function createTransport(libp2p: StarlingLibp2p, options: TransportOptions): Transport {
  const { clock, traffic } = options
  const limiters = new Map<string, RateLimiter>()

  function limiterOf(protocol: Protocol): RateLimiter {
    let limiter = limiters.get(protocol.id)
    if (limiter === undefined) {
      limiter = createRateLimiter(protocol.limits.quota)
      limiters.set(protocol.id, limiter)
    }
    return limiter
  }

  function channelOf(stream: Stream, peerId: string, protocol: Protocol, signal: AbortSignal) {
    return createChannel(stream, {
      signal,
      onBytes: (sent, received) => traffic.onStream(peerId, protocol.id, sent, received),
    })
  }

  async function newStream(peerId: string, protocol: Protocol, signal: AbortSignal) {
    try {
      return await libp2p.dialProtocol(peerIdFromString(peerId), protocol.id, {
        signal,
        maxOutboundStreams: protocol.limits.inboundStreams,
      })
    } catch (error) {
      throw new PeerUnreachableError(peerId, error)
    }
  }

  /** A signal for one call: closing, the caller's own, and the protocol's time. `end` frees the timer. */
  function startDeadline(protocol: Protocol, outer?: AbortSignal) {
    const { seconds, requestFrames } = protocol.limits
    const expired = new AbortController()
    // A kept stream has no end of its own; its messages have one each.
    const timer = Number.isFinite(requestFrames)
      ? setTimeout(
          () => expired.abort(new WireTimeoutError(`A call of ${protocol.id}`, seconds)),
          seconds * 1000,
        )
      : undefined
    return {
      signal: anyOf(options.signal, expired.signal, outer),
      end: () => clearTimeout(timer),
    }
  }

  return {
    self: libp2p.peerId.toString(),

    async serve(protocol, handler) {
      const { limits } = protocol
      const isKept = !Number.isFinite(limits.requestFrames)
      async function onStream(stream: Stream, connection: Connection): Promise<void> {
        const peerId = connection.remotePeer.toString()
        const { signal, end } = startDeadline(protocol)
        try {
          if (!isKept && !limiterOf(protocol).allows(peerId, clock.now())) {
            throw new RateLimitedError(protocol.id)
          }
          const channel = channelOf(stream, peerId, protocol, signal)
          const answered = pipe(
            channel.source,
            decodeFrames({
              frame: limits.requestFrame,
              frames: limits.requestFrames,
              seconds: limits.seconds,
            }),
            (frames: AsyncIterable<Uint8Array>) => handler(frames, { peerId, signal }),
            encodeFrames,
            channel.sink,
          )
          // A handler that hangs must not keep its place for ever.
          await untilAborted(answered, signal)
        } catch (cause) {
          const error = cause instanceof Error ? cause : new Error(String(cause))
          stream.abort(error)
          if (!options.signal.aborted) options.onFailure({ protocol: protocol.id, peerId, error })
        } finally {
          end()
        }
      }
      await libp2p.handle(protocol.id, onStream, { maxInboundStreams: limits.inboundStreams })
    },

    async *call(peerId, protocol, request, callOptions = {}) {
      const { limits } = protocol
      const { signal, end } = startDeadline(protocol, callOptions.signal)
      let stream: Stream | undefined
      try {
        stream = await newStream(peerId, protocol, signal)
        const channel = channelOf(stream, peerId, protocol, signal)
        await pipe(request, encodeFrames, channel.sink)
        yield* decodeFrames({
          frame: limits.responseFrame,
          frames: limits.responseFrames,
          seconds: limits.seconds,
        })(channel.source)
      } catch (error) {
        stream?.abort(error instanceof Error ? error : new Error(String(error)))
        throw error
      } finally {
        end()
        if (stream?.status === 'open') stream.abort(new Error('the rest is not wanted'))
      }
    },

    async open(peerId, protocol, openOptions = {}) {
      const setup = anyOf(options.signal, openOptions.signal, secondsFrom(protocol))
      const stream = await newStream(peerId, protocol, setup)
      return keptStream(stream, channelOf(stream, peerId, protocol, options.signal))
    },

    async pace(peerId, protocol, paceOptions = {}) {
      const seconds = limiterOf(protocol).delay(peerId, clock.now())
      if (seconds > 0) await clock.sleep(seconds, paceOptions)
    },
  }
}

function keptStream(stream: Stream, channel: ReturnType<typeof createChannel>): Outgoing {
  // Messages queue up behind one another; a failed one has reset the stream and fails those behind it too.
  let last: Promise<void> = Promise.resolve()
  const closed = new Promise<void>((resolve) => {
    if (stream.status !== 'open') resolve()
    // The other side has nothing to say on this stream: that it stops writing means that it is gone.
    for (const event of ['close', 'remoteCloseWrite'] as const) {
      stream.addEventListener(event, () => resolve(), { once: true })
    }
  })
  return {
    send(frames, { signal } = {}) {
      const turn = last.then(async () => {
        for (const frame of frames) {
          signal?.throwIfAborted()
          await channel.send(encodeFrame(frame))
        }
      })
      last = turn.catch((error: unknown) => {
        stream.abort(error instanceof Error ? error : new Error(String(error)))
        throw error
      })
      return last
    },
    close() {
      last.then(() => stream.close()).catch(() => {})
    },
    closed,
  }
}

/** The work's result, or the signal's reason where that comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function secondsFrom(protocol: Protocol): AbortSignal {
  return AbortSignal.timeout(protocol.limits.seconds * 1000)
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}
