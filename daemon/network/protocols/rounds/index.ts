/** Carries the frames of learning rounds between the members of a run. See README.md for the wire. */

/** Where frames of one peer in one run go. */
export interface Receiver {
  /** Bytes of the largest frame the run's model can need. */
  readonly maxFrameBytes: number
  /** Takes one frame; the sender's rank was bound when the receiver was made. Never throws. */
  deliver(frame: Uint8Array): void
}

export interface RoundsInit {
  /** The receiver for an authenticated peer; undefined when it has no part in that run. */
  receiverOf(run: string, peerId: string): Receiver | undefined
}

export interface Rounds {
  /**
   * Hands one frame to the transport, on a stream that is kept for the next one.
   * @throws {PeerUnreachableError} when the peer cannot be reached.
   */
  send(
    run: string,
    peerId: string,
    frame: Uint8Array,
    options?: { signal?: AbortSignal },
  ): Promise<void>
  /** Drops the kept streams of a run. */
  close(run: string): void
}

export { NotAMemberError } from './errors.ts'
export { serveRounds } from './service.ts'
