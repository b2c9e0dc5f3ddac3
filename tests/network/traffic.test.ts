/** Counted bytes against those that a relay between the two nodes sees on its sockets. */
import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Protocol } from '../../daemon/network/protocol.ts'
import type { Flow } from '../../daemon/network/traffic.ts'
import { startPeer, until } from './peers.ts'

const protocol: Protocol = {
  id: '/starling/test-upload/1.0.0',
  limits: {
    requestFrame: 128 * 1024,
    responseFrame: 64,
    requestFrames: Number.POSITIVE_INFINITY,
    responseFrames: 1,
    inboundStreams: 4,
    quota: { count: 1000, seconds: 1 },
    seconds: 30,
  },
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Passes every connection on to `port` and counts what goes through, as seen from the one who connects. */
async function startRelay(port: number) {
  const counted = { sent: 0, received: 0 }
  const relay = createServer((inside) => {
    const outside = connect(port, '127.0.0.1')
    inside.on('data', (data) => {
      counted.sent += data.length
      outside.write(data)
    })
    outside.on('data', (data) => {
      counted.received += data.length
      inside.write(data)
    })
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      one.on('close', () => other.destroy())
      one.on('error', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  closers.push(() => relay.close())
  return { counted, port: (relay.address() as AddressInfo).port }
}

test('bytes are those of the sockets, and those of the streams by peer and protocol', async () => {
  const [sender, receiver] = [await startPeer(), await startPeer()]
  const port = Number(/tcp\/(\d+)/.exec(receiver.addresses()[0]!.toString())![1])
  const relay = await startRelay(port)
  await sender.dialAddress(`/ip4/127.0.0.1/tcp/${relay.port}/p2p/${receiver.peerId}`)

  let arrived = 0
  // biome-ignore lint/correctness/useYield: frames go one way.
  await receiver.transport.serve(protocol, async function* (frames) {
    for await (const frame of frames) arrived += frame.length
  })
  const stream = await sender.transport.open(receiver.peerId, protocol)
  const frame = new Uint8Array(100_000).fill(7)
  for (let i = 0; i < 40; i++) await stream.send([frame])
  await until(() => arrived === 4_000_000)
  // Acknowledgements of the last frames may still be on their way.
  const { counted } = relay
  const agrees = (flow: Flow, sent: number, received: number) =>
    flow.sent === sent && flow.received === received
  await until(
    () =>
      agrees(sender.traffic.socket, counted.sent, counted.received) &&
      agrees(receiver.traffic.socket, counted.received, counted.sent),
  )

  const [toReceiver] = sender.traffic.peers()
  expect(toReceiver!.peerId).toBe(receiver.peerId)
  expect(toReceiver!.socket).toEqual(sender.traffic.socket)
  const framed = 40 * (frame.length + 4)
  expect(toReceiver!.protocols.get(protocol.id)).toEqual({ sent: framed, received: 0 })
  const [fromSender] = receiver.traffic.peers()
  expect(fromSender!.protocols.get(protocol.id)).toEqual({ sent: 0, received: framed })
  // Encryption, multiplexing, handshake and identification together.
  expect(sender.traffic.socket.sent - framed).toBeGreaterThan(0)
  expect(sender.traffic.socket.sent).toBeLessThan(1.01 * framed)
  stream.close()
}, 30_000)

test('a handshake that fails counts as traffic, of nobody', async () => {
  const [dialler, victim] = [await startPeer(), await startPeer()]
  const port = Number(/tcp\/(\d+)/.exec(victim.addresses()[0]!.toString())![1])
  const wrong = `/ip4/127.0.0.1/tcp/${port}/p2p/${dialler.peerId.replace(/.$/, 'x')}`
  await expect(dialler.dialAddress(wrong)).rejects.toThrow()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.end('GET / HTTP/1.1\r\n\r\n')
  await until(() => victim.traffic.socket.received > 0)
  expect(victim.traffic.peers()).toEqual([])
})
