/**
 * Counts bytes where they cross the socket, and on the streams of each protocol, by peer. What a connection carries
 * beyond its streams is the cost of encryption, multiplexing, pings and identification.
 *
 * libp2p shows every new socket to its connection protector before it reads from it. To listen for messages there would
 * set them flowing too early, so the two methods through which all bytes pass are wrapped instead.
 */
import type {
  Connection,
  ConnectionProtector,
  MessageStream,
  MultiaddrConnection,
} from '@libp2p/interface'

/** Bytes in each direction. */
export interface Flow {
  sent: number
  received: number
}

/** Bytes exchanged with one peer. */
export interface PeerTraffic {
  readonly peerId: string
  /** Everything on its sockets; a socket counts once its peer is known. */
  readonly socket: Readonly<Flow>
  /** What the streams carried, by protocol. */
  readonly protocols: ReadonlyMap<string, Readonly<Flow>>
}

export interface Traffic {
  /** Everything on all sockets, failed handshakes included. */
  readonly socket: Readonly<Flow>
  peers(): readonly PeerTraffic[]
}

/** Peers counted one by one; the traffic of further ones shows in the sum alone. */
const MAX_PEERS = 4096

type Socket = MultiaddrConnection & { onData(data: { byteLength: number }): void }

interface PeerCount {
  readonly socket: Flow
  readonly protocols: Map<string, Flow>
}

export class TrafficCounter implements Traffic {
  readonly socket: Flow = { sent: 0, received: 0 }
  readonly #peers = new Map<string, PeerCount>()
  /** Sockets, by an object that they share with the connection they become. */
  readonly #sockets = new WeakMap<object, { flow: Flow; peer: Flow | null }>()

  /** Sees each socket first and lets it pass unchanged. */
  get protector(): ConnectionProtector {
    return {
      protect: async <S extends MessageStream>(socket: S) => {
        this.#watch(socket as unknown as Socket)
        return socket
      },
    }
  }

  /** A socket has become a connection: from now on its peer is known. */
  identified(connection: Connection): void {
    const socket = this.#sockets.get(connection.timeline)
    const count = this.#peer(connection.remotePeer.toString())
    if (socket === undefined || count === undefined || socket.peer !== null) return
    socket.peer = count.socket
    count.socket.sent += socket.flow.sent
    count.socket.received += socket.flow.received
  }

  /** Bytes of one stream of a protocol. */
  onStream(peerId: string, protocol: string, sent: number, received: number): void {
    const protocols = this.#peer(peerId)?.protocols
    if (protocols === undefined) return
    const flow = protocols.get(protocol) ?? { sent: 0, received: 0 }
    protocols.set(protocol, flow)
    add(flow, sent, received)
  }

  peers(): readonly PeerTraffic[] {
    return Array.from(this.#peers, ([peerId, count]) => ({ peerId, ...count }))
  }

  #watch(socket: Socket): void {
    const entry = { flow: { sent: 0, received: 0 }, peer: null as Flow | null }
    this.#sockets.set(socket.timeline, entry)
    const count = (sent: number, received: number) => {
      add(this.socket, sent, received)
      add(entry.peer ?? entry.flow, sent, received)
    }
    const send = socket.send.bind(socket)
    socket.send = (data) => {
      count(data.byteLength, 0)
      return send(data)
    }
    const onData = socket.onData.bind(socket)
    socket.onData = (data) => {
      count(0, data.byteLength)
      onData(data)
    }
  }

  #peer(peerId: string): PeerCount | undefined {
    const known = this.#peers.get(peerId)
    if (known !== undefined || this.#peers.size >= MAX_PEERS) return known
    const count = { socket: { sent: 0, received: 0 }, protocols: new Map() }
    this.#peers.set(peerId, count)
    return count
  }
}

function add(flow: Flow, sent: number, received: number): void {
  flow.sent += sent
  flow.received += received
}
