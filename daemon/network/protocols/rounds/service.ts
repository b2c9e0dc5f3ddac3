import { fromHex, toHex } from '../../../../crypto/index.ts'
import { cut, join } from '../../chunks.ts'
import { FrameTooLargeError, TruncatedFrameError } from '../../errors.ts'
import type { Outgoing, Transport } from '../../protocol.ts'
import { rounds } from './constants.ts'
import { NotAMemberError } from './errors.ts'
import type { Receiver, Rounds, RoundsInit } from './interface.ts'
import { decodeHead, decodeHello, encodeHead, encodeHello, type Head } from './message.ts'

export async function serveRounds(transport: Transport, init: RoundsInit): Promise<Rounds> {
  /** Own streams, and the number of streams that others hold open, by run and peer. */
  const streams = new Map<string, Promise<Outgoing>>()
  const present = new Map<string, number>()

  // biome-ignore lint/correctness/useYield: nothing is answered; the stream only carries frames one way.
  await transport.serve(rounds, async function* (request, { peerId, signal }) {
    const frames = request[Symbol.asyncIterator]()
    const first = await frames.next()
    if (first.done === true) throw new TruncatedFrameError()
    const run = toHex(decodeHello(first.value).run)
    const receiver = receiverOf(run, peerId)
    const leave = enter(keyOf(run, peerId))
    receiver.greeted()
    try {
      for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
        await takeFrame(run, peerId, decodeHead(next.value), frames)
        await transport.pace(peerId, rounds, { signal })
      }
    } finally {
      leave()
    }
  })

  function receiverOf(run: string, peerId: string): Receiver {
    const receiver = init.receiverOf(run, peerId)
    if (receiver === undefined) throw new NotAMemberError(peerId, run)
    return receiver
  }

  async function takeFrame(
    run: string,
    peerId: string,
    { length }: Head,
    frames: AsyncIterator<Uint8Array>,
  ): Promise<void> {
    // Asked anew for each frame: a roster may have changed since the last one.
    const receiver = receiverOf(run, peerId)
    if (length > receiver.maxFrameBytes) {
      throw new FrameTooLargeError('a round frame', length, receiver.maxFrameBytes)
    }
    await receiver.deliver(await join(frames, length, rounds.limits.seconds))
  }

  /** Counts a stream as open; a reopened one may overlap the one it replaces. */
  function enter(key: string): () => void {
    present.set(key, (present.get(key) ?? 0) + 1)
    return () => {
      const left = present.get(key)! - 1
      if (left > 0) present.set(key, left)
      else present.delete(key)
    }
  }

  async function open(run: string, peerId: string, signal?: AbortSignal): Promise<Outgoing> {
    const stream = await transport.open(peerId, rounds, { signal })
    await stream.send([encodeHello({ run: fromHex(run) })], { signal })
    return stream
  }

  function kept(run: string, peerId: string, signal?: AbortSignal): Promise<Outgoing> {
    const key = keyOf(run, peerId)
    const known = streams.get(key)
    if (known !== undefined) return known
    const opening = open(run, peerId, signal)
    streams.set(key, opening)
    opening.then(
      (stream) => stream.closed.then(() => forget(key, opening)),
      () => forget(key, opening),
    )
    return opening
  }

  function forget(key: string, stream: Promise<Outgoing>): void {
    if (streams.get(key) === stream) streams.delete(key)
  }

  return {
    async greet(run, peerId, { signal } = {}) {
      await kept(run, peerId, signal)
    },
    isPresent: (run, peerId) => present.has(keyOf(run, peerId)),
    async send(run, peerId, frame, { signal } = {}) {
      const message = () => [encodeHead({ length: frame.length }), ...cut(frame)]
      const wasKept = streams.has(keyOf(run, peerId))
      const opening = kept(run, peerId, signal)
      try {
        await (await opening).send(message(), { signal })
      } catch (error) {
        forget(keyOf(run, peerId), opening)
        signal?.throwIfAborted()
        // A kept stream may have died of old age since the last round; a new one that fails is a real failure.
        if (!wasKept) throw error
        await (await kept(run, peerId, signal)).send(message(), { signal })
      }
    },
    close(run) {
      for (const [key, stream] of streams) {
        if (!key.startsWith(`${run}/`)) continue
        streams.delete(key)
        stream.then((open) => open.close()).catch(() => {})
      }
    },
  }
}

function keyOf(run: string, peerId: string): string {
  return `${run}/${peerId}`
}
