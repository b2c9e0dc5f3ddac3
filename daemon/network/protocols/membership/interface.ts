/** Who takes part in a run: fetch its manifest, join, learn of rosters, leave and return. See README.md for the wire. */
import type { JoinFields } from './message.ts'

/** What a node says of itself when it asks to join. Byte strings are SHA-256 digests. */
export type JoinClaim = Pick<JoinFields, 'secret' | 'layout' | 'shape' | 'model' | 'addresses'> & {
  readonly ownData: boolean
}

/** The node's side of the protocol: what to answer. A thrown `RefusedError`'s reason is sent to the asker. */
export interface MembershipInit {
  /** The manifest, to whoever holds the token's secret. */
  fetch(run: string, secret: Uint8Array): Uint8Array
  /** The roster that holds the joiner. */
  join(run: string, peerId: string, claim: JoinClaim): Promise<Uint8Array>
  /** Takes a roster from anybody: its signature says whether it holds. Answers the newest known. */
  announce(run: string, peerId: string, roster: Uint8Array): Promise<Uint8Array | undefined>
  /** A member goes, or is back. */
  presence(run: string, peerId: string, isPresent: boolean): Promise<Uint8Array | undefined>
  /** The newest roster, to members. */
  poll(run: string, peerId: string): Uint8Array | undefined
}

type CallOptions = { signal?: AbortSignal }

/**
 * Asking others. All reject with {@link RefusedError} when the other side says no and with `PeerUnreachableError`
 * when there is no way to it.
 */
export interface Membership {
  fetch(peerId: string, run: string, secret: Uint8Array, options?: CallOptions): Promise<Uint8Array>
  join(peerId: string, run: string, claim: JoinClaim, options?: CallOptions): Promise<Uint8Array>
  announce(
    peerId: string,
    run: string,
    roster: Uint8Array,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined>
  presence(
    peerId: string,
    run: string,
    isPresent: boolean,
    options?: CallOptions,
  ): Promise<Uint8Array | undefined>
  poll(peerId: string, run: string, options?: CallOptions): Promise<Uint8Array | undefined>
}
