/** Real libp2p nodes on the loopback: our transport at one end, and a peer that can send any bytes at the other. */
import { randomBytes } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { afterEach } from 'vitest'
import { parseAddress } from '../../daemon/network/addresses.ts'
import { startLibp2p } from '../../daemon/network/create-libp2p.ts'
import type { Transport } from '../../daemon/network/protocol.ts'
import { type Traffic, TrafficCounter } from '../../daemon/network/traffic.ts'
import { createTransport } from '../../daemon/network/transport.ts'
import type { Clock } from '../../src/runtime/clock.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

export const clock: Clock = {
  now: () => performance.now() / 1000,
  sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
}

export interface TestPeer {
  readonly peerId: string
  readonly transport: Transport
  readonly traffic: Traffic
  /** Names of the errors that requests of peers met. */
  readonly failures: string[]
  dial(other: TestPeer): Promise<void>
  dialAddress(address: string): Promise<void>
  /** A stream on which any bytes can be sent. */
  rawStream(other: TestPeer, protocol: string): Promise<Stream>
  disconnect(): Promise<void>
  readonly addresses: () => ReturnType<Awaited<ReturnType<typeof startLibp2p>>['getMultiaddrs']>
}

export async function startPeer(): Promise<TestPeer> {
  const traffic = new TrafficCounter()
  const libp2p = await startLibp2p(
    {
      seed: new Uint8Array(randomBytes(32)),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      version: 'test',
    },
    traffic,
  )
  const ended = new AbortController()
  const failures: string[] = []
  const transport = createTransport(libp2p, {
    clock,
    traffic,
    signal: ended.signal,
    onFailure: ({ error }) => failures.push(error.name),
  })
  closers.push(async () => {
    ended.abort(new Error('the test is over'))
    await libp2p.stop()
  })
  return {
    peerId: libp2p.peerId.toString(),
    transport,
    traffic,
    failures,
    addresses: () => libp2p.getMultiaddrs(),
    async dial(other) {
      await libp2p.dial(other.addresses())
    },
    async dialAddress(address) {
      await libp2p.dial(parseAddress(address))
    },
    rawStream: (other, protocol) => libp2p.dialProtocol(other.addresses(), protocol),
    async disconnect() {
      await Promise.all(libp2p.getConnections().map((connection) => connection.close()))
    },
  }
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, seconds = 5): Promise<void> {
  const deadline = performance.now() + seconds * 1000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('what was waited for did not happen')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
