import { fromHex, toHex } from '../../../../crypto/index.ts'
import { cut, join } from '../../chunks.ts'
import { FrameTooLargeError, TruncatedFrameError } from '../../errors.ts'
import type { Outgoing, Transport } from '../../protocol.ts'
import { rounds } from './constants.ts'
import { NotAMemberError } from './errors.ts'
import type { Rounds, RoundsInit } from './index.ts'
import { decodeHead, decodeHello, encodeHead, encodeHello } from './message.ts'

export async function serveRounds(transport: Transport, init: RoundsInit): Promise<Rounds> {
  const streams = new Map<string, Promise<Outgoing>>()

  // biome-ignore lint/correctness/useYield: nothing is answered; the stream only carries frames one way.
  await transport.serve(rounds, async function* (request, { peerId, signal }) {
    const frames = request[Symbol.asyncIterator]()
    const first = await frames.next()
    if (first.done === true) throw new TruncatedFrameError()
    const run = toHex(decodeHello(first.value).run)
    for (;;) {
      const next = await frames.next()
      if (next.done === true) return
      // Asked anew for each frame: a roster may have changed since the last one.
      const receiver = init.receiverOf(run, peerId)
      if (receiver === undefined) throw new NotAMemberError(peerId, run)
      const { length } = decodeHead(next.value)
      if (length > receiver.maxFrameBytes) {
        throw new FrameTooLargeError('a round frame', length, receiver.maxFrameBytes)
      }
      receiver.deliver(await join(frames, length, rounds.limits.seconds))
      await transport.pace(peerId, rounds, { signal })
    }
  })

  async function open(run: string, peerId: string, signal?: AbortSignal): Promise<Outgoing> {
    const stream = await transport.open(peerId, rounds, { signal })
    await stream.send([encodeHello({ run: fromHex(run) })], { signal })
    return stream
  }

  function kept(run: string, peerId: string, signal?: AbortSignal): Promise<Outgoing> {
    const key = `${run}/${peerId}`
    const known = streams.get(key)
    if (known !== undefined) return known
    const opening = open(run, peerId, signal)
    streams.set(key, opening)
    opening.catch(() => forget(key, opening))
    return opening
  }

  function forget(key: string, stream: Promise<Outgoing>): void {
    if (streams.get(key) === stream) streams.delete(key)
  }

  return {
    async send(run, peerId, frame, { signal } = {}) {
      const message = () => [encodeHead({ length: frame.length }), ...cut(frame)]
      const wasKept = streams.has(`${run}/${peerId}`)
      const opening = kept(run, peerId, signal)
      try {
        await (await opening).send(message(), { signal })
      } catch (error) {
        forget(`${run}/${peerId}`, opening)
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
