/** The libp2p node of a daemon: TCP and WebSockets, Noise, yamux, identify, ping. Never configured elsewhere. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { bootstrap } from '@libp2p/bootstrap'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { mdns } from '@libp2p/mdns'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { createLibp2p } from 'libp2p'
import { parseAddress } from './addresses.ts'
import { ListenError } from './errors.ts'
import { connectionLimits, PING_STREAMS, streamLimits } from './limits.ts'
import type { TrafficCounter } from './traffic.ts'

export interface Libp2pOptions {
  /** The 32-byte Ed25519 seed of the node's identity. */
  readonly seed: Uint8Array
  readonly listen: readonly string[]
  /** @default those listened on */
  readonly announce?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly mdns: boolean
  readonly version: string
}

export type StarlingLibp2p = Awaited<ReturnType<typeof startLibp2p>>

/**
 * Starts to listen; `traffic` counts what goes over its sockets.
 * @throws {InvalidAddressError} for an address that is none, {@link ListenError} when a port cannot be used.
 */
export async function startLibp2p(options: Libp2pOptions, traffic: TrafficCounter) {
  for (const address of [...options.listen, ...(options.announce ?? [])]) parseAddress(address)
  for (const address of options.bootstrap ?? []) parseAddress(address, { withPeer: true })
  const peerDiscovery = [
    ...((options.bootstrap?.length ?? 0) > 0 ? [bootstrap({ list: [...options.bootstrap!] })] : []),
    ...(options.mdns ? [mdns({ serviceTag: 'starling._udp.local' })] : []),
  ]
  const { maxStreams, maxReadBufferLength, maxWriteBufferLength, inactivityTimeout } = streamLimits
  const libp2p = await createLibp2p({
    start: false,
    privateKey: await generateKeyPairFromSeed('Ed25519', options.seed),
    nodeInfo: { name: 'starling', version: options.version },
    addresses: { listen: [...options.listen], announce: [...(options.announce ?? [])] },
    transports: [tcp(), webSockets()],
    connectionProtector: () => traffic.protector,
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        maxInboundStreams: maxStreams,
        maxOutboundStreams: maxStreams,
        streamOptions: {
          maxStreamWindowSize: streamLimits.maxStreamWindowSize,
          maxReadBufferLength,
          maxWriteBufferLength,
          inactivityTimeout,
        },
      }),
    ],
    peerDiscovery,
    services: {
      identify: identify(),
      ping: ping({ maxInboundStreams: PING_STREAMS, maxOutboundStreams: PING_STREAMS }),
    },
    connectionManager: connectionLimits,
  })
  libp2p.addEventListener('connection:open', ({ detail }) => traffic.identified(detail))
  try {
    await libp2p.start()
  } catch (error) {
    await Promise.resolve(libp2p.stop()).catch(() => {})
    throw new ListenError(options.listen, error)
  }
  return libp2p
}
