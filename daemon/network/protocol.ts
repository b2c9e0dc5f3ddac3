/** What a wire protocol is, as data: its id and its limits. Shared by every folder under `protocols/`. */
import type { ProtocolLimits } from './limits.ts'

export interface Protocol {
  /** `/starling/NAME/MAJOR.MINOR.PATCH`, agreed on when a stream is opened. */
  readonly id: string
  readonly limits: ProtocolLimits
}

/** Who asks. The peer id was proved by the Noise handshake; nothing in a message can claim another. */
interface CallContext {
  readonly peerId: string
  readonly signal: AbortSignal
}

/** Frames of a request in, frames of the response out. Whatever it throws closes the stream. */
export type Handler = (
  request: AsyncIterable<Uint8Array>,
  context: CallContext,
) => AsyncIterable<Uint8Array>

/** A kept stream to one peer: messages one way, one at a time. */
export interface Outgoing {
  /** Sends frames without letting another message in between. */
  send(frames: Iterable<Uint8Array>, options?: { signal?: AbortSignal }): Promise<void>
  /** Ends the stream after what is being sent. */
  close(): void
  /** Resolves once the stream is closed, by whichever side. */
  readonly closed: Promise<void>
}

/** What protocols need of the network; `transport.ts` implements it with libp2p. */
export interface Transport {
  /** Own peer id. */
  readonly self: string
  serve(protocol: Protocol, handler: Handler): Promise<void>
  /**
   * Sends a request and yields the response's frames.
   * @throws {PeerUnreachableError} when no stream can be opened, {@link WireTimeoutError} after the protocol's time.
   */
  call(
    peerId: string,
    protocol: Protocol,
    request: Iterable<Uint8Array>,
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<Uint8Array>
  /** Opens a kept stream. @throws {PeerUnreachableError} */
  open(peerId: string, protocol: Protocol, options?: { signal?: AbortSignal }): Promise<Outgoing>
  /** Holds a member to the quota of a kept stream's messages by waiting. */
  pace(peerId: string, protocol: Protocol, options?: { signal?: AbortSignal }): Promise<void>
}
