/** Lets a member that has been away take over a neighbour's current model. See README.md for the wire. */

export interface Snapshot {
  /** The next round of the node that has these parameters. */
  readonly round: number
  /** Null in a private run: the round is all that is told. */
  readonly parameters: Float32Array | null
}

export interface CatchUpInit {
  /** Own current model for a member of the run; null before training, undefined for anybody else. */
  snapshotFor(run: string, peerId: string): Promise<Snapshot | null | undefined>
  /** Waits until the run's limits let so many bytes go, which then count; false where they do not. */
  mayGive(run: string, bytes: number): Promise<boolean>
}

export interface CatchUpService {
  /**
   * A neighbour's model, or of a private run its round alone, if it is further than `round`; null otherwise, and where
   * the neighbour's limits leave nothing for it.
   * @param size parameters of the run's model; any other number is refused.
   * @throws {PeerUnreachableError | InvalidCatchUpError}
   */
  ask(
    run: string,
    peerId: string,
    round: number,
    size: number,
    options?: { signal?: AbortSignal },
  ): Promise<Snapshot | null>
}
