/** Carries the frames of learning rounds between the members of a run. See README.md for the wire. */

/** Where frames of one peer in one run go. */
export interface Receiver {
  /** Bytes of the largest frame the run's model can need. */
  readonly maxFrameBytes: number
  /**
   * Takes one frame; the sender's rank was bound when the receiver was made. Never rejects. Until it resolves nothing
   * more is read from this peer.
   */
  deliver(frame: Uint8Array): Promise<void>
  /** The peer has just opened a stream: it takes part from now on. */
  greeted(): void
}

export interface RoundsInit {
  /** The receiver for an authenticated peer; undefined when it has no part in that run. */
  receiverOf(run: string, peerId: string): Receiver | undefined
}

type CallOptions = { signal?: AbortSignal }

export interface Rounds {
  /**
   * Opens the stream to a peer where there is none yet: how a node says that it takes part.
   * @throws {PeerUnreachableError} when the peer cannot be reached.
   */
  greet(run: string, peerId: string, options?: CallOptions): Promise<void>
  /** Whether a peer holds a stream to this node open: a node that loads, has finished or is gone does not. */
  isPresent(run: string, peerId: string): boolean
  /**
   * Hands one frame to the transport, on a stream that is kept for the next one.
   * @throws {PeerUnreachableError} when the peer cannot be reached.
   */
  send(run: string, peerId: string, frame: Uint8Array, options?: CallOptions): Promise<void>
  /** Ends the streams of a run after what is being sent: this node does not take part any more. */
  close(run: string): void
}
