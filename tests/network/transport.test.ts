import { describe, expect, test } from 'vitest'
import { PeerUnreachableError, WireTimeoutError } from '../../daemon/network/index.ts'
import type { Handler, Protocol } from '../../daemon/network/protocol.ts'
import { single } from '../../daemon/network/single.ts'
import { startPeer, until } from './peers.ts'
import { all } from './pieces.ts'

const echo: Protocol = {
  id: '/starling/test-echo/1.0.0',
  limits: {
    requestFrame: 1024,
    responseFrame: 1024,
    requestFrames: 4,
    responseFrames: 4,
    inboundStreams: 4,
    quota: { count: 8, seconds: 60 },
    seconds: 1,
  },
}

const text = (content: string) => new TextEncoder().encode(content)

async function pair(handler: Handler, protocol = echo) {
  const [asker, server] = await Promise.all([startPeer(), startPeer()])
  await server.transport.serve(protocol, handler)
  await asker.dial(server)
  return { asker, server }
}

const repeat: Handler = async function* (frames) {
  for await (const frame of frames) yield frame
}

describe('a call', () => {
  test('carries frames both ways and names the asker by its connection', async () => {
    let seen = ''
    const { asker, server } = await pair(async function* (frames, { peerId }) {
      seen = peerId
      yield* frames
    })
    const sent = [text('a'), text(''), text('c')]
    const answer = await all(asker.transport.call(server.peerId, echo, sent))
    expect(answer.map((frame) => new TextDecoder().decode(frame))).toEqual(['a', '', 'c'])
    expect(seen).toBe(asker.peerId)
    expect(server.failures).toEqual([])
    // Both ends count the same bytes: three lengths of four and two letters.
    expect(asker.traffic.peers()[0]!.protocols.get(echo.id)).toEqual({ sent: 14, received: 14 })
    expect(server.traffic.peers()[0]!.protocols.get(echo.id)).toEqual({ sent: 14, received: 14 })
  })

  test('to a peer that is not there is unreachable', async () => {
    const { asker, server } = await pair(repeat)
    const gone = await startPeer()
    const call = single(asker.transport.call(gone.peerId, echo, [text('x')]))
    await expect(call).rejects.toThrow(PeerUnreachableError)
    await expect(
      single(asker.transport.call(server.peerId, echo, [text('x')])),
    ).resolves.toBeDefined()
  })

  test('ends with the protocol’s time when nobody answers', async () => {
    const { asker, server } = await pair(async function* () {
      await new Promise(() => {})
      yield text('never')
    })
    const call = single(asker.transport.call(server.peerId, echo, [text('x')]))
    await expect(call).rejects.toThrow(WireTimeoutError)
    await until(() => server.failures.length > 0)
  })

  test('can be aborted by the caller', async () => {
    const { asker, server } = await pair(async function* () {
      await new Promise(() => {})
      yield text('never')
    })
    const { signal, abort } = abortable()
    const call = single(asker.transport.call(server.peerId, echo, [text('x')], { signal }))
    setTimeout(() => abort(new Error('not wanted any more')), 50)
    await expect(call).rejects.toThrow('not wanted any more')
  })

  test('above the quota is dropped, others are still served', async () => {
    const { asker, server } = await pair(repeat)
    const other = await startPeer()
    await other.dial(server)
    const outcomes: string[] = []
    for (let i = 0; i < 9; i++) {
      const call = single(asker.transport.call(server.peerId, echo, [text('x')]))
      outcomes.push(
        await call.then(
          () => 'answered',
          () => 'dropped',
        ),
      )
    }
    expect(outcomes.filter((outcome) => outcome === 'dropped')).toEqual(['dropped'])
    await until(() => server.failures.includes('RateLimitedError'))
    await expect(
      single(other.transport.call(server.peerId, echo, [text('y')])),
    ).resolves.toBeDefined()
  }, 15_000)
})

describe('a hostile peer', () => {
  test.each([
    ['announces a frame of 4 GiB', Uint8Array.of(255, 255, 255, 255, 0), 'FrameTooLargeError'],
    ['sends more frames than allowed', new Uint8Array(4 * 5), 'FrameTooLargeError'],
    ['ends inside a frame', Uint8Array.of(0, 0, 0, 9, 1), 'TruncatedFrameError'],
  ])('that %s is dropped', async (_, bytes, failure) => {
    const { asker, server } = await pair(repeat)
    const stream = await asker.rawStream(server, echo.id)
    stream.send(bytes)
    await stream.close().catch(() => {})
    await until(() => server.failures.length > 0)
    expect(server.failures).toEqual([failure])
  })

  test('that trickles is dropped when the time is over', async () => {
    const { asker, server } = await pair(repeat)
    const stream = await asker.rawStream(server, echo.id)
    stream.send(Uint8Array.of(0, 0, 2, 0))
    const timer = setInterval(() => {
      if (stream.status === 'open') stream.send(Uint8Array.of(1))
    }, 50)
    const start = performance.now()
    await until(() => server.failures.length > 0)
    clearInterval(timer)
    expect(server.failures).toEqual(['WireTimeoutError'])
    expect(performance.now() - start).toBeLessThan(3000)
  })

  test('that goes in the middle does no harm', async () => {
    const { asker, server } = await pair(repeat)
    const stream = await asker.rawStream(server, echo.id)
    const answered = new Promise((resolve) => stream.addEventListener('message', resolve))
    stream.send(Uint8Array.of(0, 0, 0, 1, 1))
    await answered
    stream.send(Uint8Array.of(0, 0, 0, 9, 1))
    await asker.disconnect()
    await until(() => server.failures.length > 0)
    const again = await startPeer()
    await again.dial(server)
    await expect(
      single(again.transport.call(server.peerId, echo, [text('x')])),
    ).resolves.toBeDefined()
  })
})

test('a reader that does not read holds the sender back, and nothing is lost', async () => {
  const kept: Protocol = {
    ...echo,
    id: '/starling/test-kept/1.0.0',
    limits: {
      ...echo.limits,
      requestFrame: 128 * 1024,
      requestFrames: Number.POSITIVE_INFINITY,
      seconds: 30,
    },
  }
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let received = 0
  // biome-ignore lint/correctness/useYield: frames go one way.
  const { asker, server } = await pair(async function* (frames) {
    await gate
    for await (const frame of frames) received += frame.length
  }, kept)
  const stream = await asker.transport.open(server.peerId, kept)
  const frames = Array.from({ length: 256 }, () => new Uint8Array(128 * 1024))
  let isSent = false
  const sending = stream.send(frames).then(() => {
    isSent = true
  })
  await new Promise((resolve) => setTimeout(resolve, 300))
  // 32 MiB are on their way; what is under way when nobody reads is bounded by the windows.
  expect(isSent).toBe(false)
  expect(asker.traffic.socket.sent).toBeLessThan(16 * 1024 * 1024)
  open()
  await sending
  await until(() => received === 32 * 1024 * 1024, 15)
  expect(server.failures).toEqual([])
  stream.close()
}, 30_000)

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) }
}
