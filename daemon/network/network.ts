/** A daemon's network: the libp2p node, the transport of its protocols, and its connections. */
import { peerIdFromString } from '@libp2p/peer-id'
import type { Clock } from '../../src/runtime/clock.ts'
import { parseAddress, peerOfAddress } from './addresses.ts'
import { type Libp2pOptions, startLibp2p } from './create-libp2p.ts'
import { PeerUnreachableError } from './errors.ts'
import { CLOSE_SECONDS } from './limits.ts'
import type { Transport } from './protocol.ts'
import { createRedialler, type KnownPeer } from './redial.ts'
import { type Traffic, TrafficCounter } from './traffic.ts'
import { createTransport, type TransportOptions } from './transport.ts'

interface ConnectedPeer {
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly direction: 'inbound' | 'outbound'
  readonly latencySeconds: number | null
  readonly connectedAt: string
}

export interface Network {
  readonly peerId: string
  readonly transport: Transport
  readonly traffic: Traffic
  /** Own addresses, each with its `/p2p/` part. */
  addresses(): readonly string[]
  peers(): readonly ConnectedPeer[]
  isConnected(peerId: string): boolean
  /** Tells whenever a peer's first connection opens. Returns how to stop listening. */
  onConnect(listener: (peerId: string) => void): () => void
  /** Connects to one of a peer's addresses now. @throws {PeerUnreachableError} */
  connect(peer: KnownPeer, options?: { signal?: AbortSignal }): Promise<void>
  /** Replaces the peers that `owner` wants to stay connected with; they are redialled in the background. */
  keepConnected(owner: string, peers: readonly KnownPeer[]): Promise<void>
  /** Round-trip time in seconds of one ping. */
  ping(peerId: string, options?: { signal?: AbortSignal }): Promise<number>
  stop(): Promise<void>
}

type NetworkOptions = Libp2pOptions & {
  readonly clock: Clock
  readonly onFailure: TransportOptions['onFailure']
}

/** @throws {InvalidAddressError | ListenError} */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const traffic = new TrafficCounter()
  const libp2p = await startLibp2p(options, traffic)
  const ended = new AbortController()
  const { clock, onFailure } = options
  const transport = createTransport(libp2p, { clock, onFailure, traffic, signal: ended.signal })
  const redialler = createRedialler(libp2p, ended.signal)
  // libp2p dials them once; a node that was started before them finds them all the same.
  await redialler.want('bootstrap', (options.bootstrap ?? []).map(peerOfAddress))

  return {
    peerId: libp2p.peerId.toString(),
    transport,
    traffic,
    addresses: () => libp2p.getMultiaddrs().map((address) => address.toString()),

    peers() {
      const byPeer = Map.groupBy(libp2p.getConnections(), (open) => open.remotePeer.toString())
      return [...byPeer].map(([peerId, connections]) => {
        const first = connections[0]!
        return {
          peerId,
          addresses: connections.map((connection) => connection.remoteAddr.toString()),
          direction: first.direction,
          latencySeconds: first.rtt === undefined ? null : first.rtt / 1000,
          connectedAt: new Date(first.timeline.open).toISOString(),
        }
      })
    },

    isConnected: (peerId) => libp2p.getConnections(peerIdFromString(peerId)).length > 0,

    onConnect(listener) {
      const onEvent = (event: CustomEvent<{ toString(): string }>) =>
        listener(event.detail.toString())
      libp2p.addEventListener('peer:connect', onEvent)
      return () => libp2p.removeEventListener('peer:connect', onEvent)
    },

    async connect(peer, connectOptions = {}) {
      try {
        if (peer.addresses.length > 0) {
          await libp2p.peerStore.merge(peerIdFromString(peer.peerId), {
            multiaddrs: peer.addresses.map((address) => parseAddress(address)),
          })
        }
        await libp2p.dial(peerIdFromString(peer.peerId), connectOptions)
      } catch (error) {
        throw new PeerUnreachableError(peer.peerId, error)
      }
    },

    keepConnected: (owner, peers) => redialler.want(owner, peers),

    async ping(peerId, pingOptions = {}) {
      return (await libp2p.services.ping.ping(peerIdFromString(peerId), pingOptions)) / 1000
    },

    async stop() {
      redialler.stop()
      ended.abort(new Error('the network is closing'))
      const deadline = new Promise<void>((resolve) =>
        setTimeout(resolve, CLOSE_SECONDS * 1000).unref(),
      )
      await Promise.race([Promise.resolve(libp2p.stop()).catch(() => {}), deadline])
    },
  }
}
