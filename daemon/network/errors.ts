import { StarlingError } from '../../src/runtime/errors.ts'

/** A peer claimed, or sent, more bytes or frames than the protocol's limit. Its stream is dropped. */
export class FrameTooLargeError extends StarlingError {
  override name = 'FrameTooLargeError'
  readonly length: number
  readonly limit: number
  constructor(what: string, length: number, limit: number) {
    super(`A peer sent ${what} of ${length}, the limit is ${limit}; its stream is closed.`)
    this.length = length
    this.limit = limit
  }
}

/** The stream ended inside a frame or before the expected one. */
export class TruncatedFrameError extends StarlingError {
  override name = 'TruncatedFrameError'
  constructor() {
    super('The peer closed the stream before its message was complete.')
  }
}

/** A frame or a call did not end within its time. */
export class WireTimeoutError extends StarlingError {
  override name = 'WireTimeoutError'
  constructor(what: string, seconds: number) {
    super(`${what} took longer than ${seconds} s; the peer may be overloaded or gone.`)
  }
}

/** A peer asked more often than the protocol's quota allows. */
export class RateLimitedError extends StarlingError {
  override name = 'RateLimitedError'
  constructor(protocol: string) {
    super(`A peer uses ${protocol} more often than its quota allows; its stream is closed.`)
  }
}

/** No connection to a peer, and none could be made. */
export class PeerUnreachableError extends StarlingError {
  override name = 'PeerUnreachableError'
  readonly peerId: string
  constructor(peerId: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(
      `Peer ${peerId} cannot be reached: ${reason}. Check that its daemon is up and its port open.`,
      { cause },
    )
    this.peerId = peerId
  }
}

/** The addresses to listen on cannot be used. */
export class ListenError extends StarlingError {
  override name = 'ListenError'
  constructor(addresses: readonly string[], cause: unknown) {
    // libp2p quotes the stacks of the errors it met.
    const text = cause instanceof Error ? cause.message : String(cause)
    const reason = /listen (E[A-Z]+: [^\n]*)/.exec(text)?.[1]
    // Without an error of the system, no transport took the address: libp2p's own words name its settings, not ours.
    const advice =
      reason === undefined
        ? 'only TCP and WebSocket addresses can be listened on. Give one such as /ip4/0.0.0.0/tcp/4001.'
        : `${reason}. Choose another address with --listen; port 0 takes any free port.`
    super(`Cannot listen on ${addresses.join(', ')}: ${advice}`, { cause })
  }
}

/** An address of the configuration that is no multiaddr. */
export class InvalidAddressError extends StarlingError {
  override name = 'InvalidAddressError'
  constructor(address: string) {
    super(
      `"${address}" is not a network address. An address looks like ` +
        '/ip4/192.0.2.7/tcp/4040/p2p/12D3KooW…; `starling id` prints those of a node.',
    )
  }
}
